using System.Runtime.CompilerServices;

namespace FastTrainLog.Numbers;

/// <summary>Rounds the exact value of a binary number to a count of decimals, halves to even, in 128-bit integers and therefore exactly.</summary>
internal static class FixedDecimal
{
    /// <summary>The maximum count of decimals: 2^53·10^9 takes 83 bits.</summary>
    public const int MaxDecimals = 9;

    /// <summary>Splits a magnitude into its integer part and its rounded decimals.</summary>
    /// <param name="value">A finite magnitude.</param>
    /// <param name="decimals">The count of decimals, 0 to <see cref="MaxDecimals"/>.</param>
    /// <param name="whole">Set to the integer part.</param>
    /// <param name="fraction">Set to the decimals as a number below 10^<paramref name="decimals"/>.</param>
    /// <returns>Whether the number is below 2^63; otherwise the results are undefined.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRound(BinarySignificand value, int decimals, out ulong whole, out uint fraction)
    {
        int places = -value.Exponent;
        uint scale = (uint)RoundedDecimal.PowerOfTen(decimals);
        if (places is > 0 and < 64)
        {
            ulong mask = (1UL << places) - 1;
            whole = value.Digits >> places;
            ulong part = value.Digits & mask;
            ulong upper = WideProduct.High(part, scale);
            ulong lower = part * scale;
            ulong kept = (upper << (64 - places)) | (lower >> places);
            ulong rest = lower & mask;
            ulong half = 1UL << (places - 1);
            ulong last = decimals == 0 ? whole : kept;
            kept += (rest > half) | ((rest == half) & ((last & 1) != 0)) ? 1UL : 0;
            bool carries = kept == scale;
            whole += carries ? 1UL : 0;
            fraction = carries ? 0 : (uint)kept;
            return true;
        }

        if (places >= 64)
        {
            whole = 0;
            fraction = RoundTiny(value.Digits, places, scale);
            return true;
        }

        fraction = 0;
        whole = value.Digits << -places;
        return places >= -10;
    }

    private static uint RoundTiny(ulong digits, int places, uint scale)
    {
        // Products are below 2^83, so from 85 places on none reaches a half.
        if (places >= 85)
        {
            return 0;
        }

        UInt128 product = Math.BigMul(digits, scale);
        UInt128 half = UInt128.One << (places - 1);
        uint kept = (uint)(product >> places);
        UInt128 rest = product & ((half << 1) - 1);
        return kept + (rest > half || (rest == half && (kept & 1) != 0) ? 1u : 0);
    }
}
