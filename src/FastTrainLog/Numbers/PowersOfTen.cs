using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FastTrainLog.Numbers;

/// <summary>
/// The powers of ten from 1e-323 to 1e340, each as a normalised 128-bit significand rounded down:
/// 10^j is in [High:Low, High:Low + 1) times 2^(<see cref="FloorLog2"/>(j) - 127).
/// </summary>
/// <remarks>
/// The idea of one table of truncated powers shared by all conversions is that of U. Adams, "Ryū revisited: printf
/// floating point conversion" (OOPSLA 2019), and R. Giulietti, "The Schubfach way to render doubles" (2020), whose
/// integer logarithms are used too. The entries are recomputed with unbounded integers by <c>PowersOfTenTests</c>.
/// </remarks>
internal static partial class PowersOfTen
{
    /// <summary>The smallest exponent in the table.</summary>
    public const int MinExponent = -323;

    /// <summary>The largest exponent in the table.</summary>
    public const int MaxExponent = 340;

    /// <summary>The largest exponent whose significand is exact; 5^56 needs 131 bits. For negative exponents it is never exact.</summary>
    public const int MaxExactExponent = 55;

    /// <summary>The largest exponent whose exact significand has no lower word; 5^28 needs 66 bits.</summary>
    public const int MaxExponentOfOneWord = 27;

    /// <summary>Returns the upper 64 bits of the significand of 10^<paramref name="exponent"/>; bit 63 is set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong High(int exponent) => At((exponent - MinExponent) * 2);

    /// <summary>Returns the lower 64 bits of the significand of 10^<paramref name="exponent"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Low(int exponent) => At(((exponent - MinExponent) * 2) + 1);

    /// <summary>Returns whether the significand of 10^<paramref name="exponent"/> is exact, not rounded down.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExact(int exponent) => (uint)exponent <= MaxExactExponent;

    /// <summary>Returns the floor of log2(10^<paramref name="exponent"/>), correct from -1233 to 1233.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int FloorLog2(int exponent) => (exponent * 1741647) >> 19;

    /// <summary>Returns the floor of log10(2^<paramref name="exponent"/>), correct from -1500 to 1500.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int FloorLog10OfPowerOfTwo(int exponent) => (exponent * 1262611) >> 22;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong At(int index)
    {
        System.Diagnostics.Debug.Assert((uint)index < (uint)Significands.Length, "every caller's exponent is bounded by the range of a double");
        return Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(Significands), index);
    }
}
