using System.Runtime.CompilerServices;

namespace FastTrainLog.Numbers;

/// <summary>A decomposed finite floating-point magnitude: <see cref="Digits"/> times 2^<see cref="Exponent"/>, exactly.</summary>
internal readonly struct BinarySignificand
{
    /// <summary>The significand with the hidden bit, below 2^53; 0 for zero.</summary>
    public readonly ulong Digits;

    /// <summary>The exponent of the significand's last bit, from -1074 to 971.</summary>
    public readonly int Exponent;

    private BinarySignificand(ulong digits, int exponent)
    {
        Digits = digits;
        Exponent = exponent;
    }

    /// <summary>Decomposes a finite double, ignoring its sign.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BinarySignificand Of(ulong bits)
    {
        ulong fraction = bits & ((1UL << 52) - 1);
        int biased = (int)(bits >> 52) & 0x7FF;
        return biased == 0 ? new(fraction, -1074) : new(fraction | (1UL << 52), biased - 1075);
    }

    /// <summary>Decomposes a finite float, ignoring its sign.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BinarySignificand Of(uint bits)
    {
        uint fraction = bits & ((1u << 23) - 1);
        int biased = (int)(bits >> 23) & 0xFF;
        return biased == 0 ? new(fraction, -149) : new(fraction | (1u << 23), biased - 150);
    }
}
