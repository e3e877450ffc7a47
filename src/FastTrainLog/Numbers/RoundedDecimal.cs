using System.Numerics;
using System.Runtime.CompilerServices;

namespace FastTrainLog.Numbers;

/// <summary>
/// Rounds the exact value of a binary number to a given count of significant decimal digits, halves to even, by one
/// multiplication with a 128-bit power of ten.
/// </summary>
/// <remarks>
/// After U. Adams, "Ryū revisited: printf floating point conversion" (OOPSLA 2019), but with a fallback instead of its wider
/// tables: a power rounded down makes the product too small by less than one unit of its middle word, so only a product
/// within that unit below a half is undecided, and for it the caller uses the framework.
/// </remarks>
internal static class RoundedDecimal
{
    /// <summary>The maximum count of digits.</summary>
    public const int MaxDigits = 17;

    // An array, because a span over constants allocates at each use in unoptimised code.
    private static readonly ulong[] SmallPowers =
    [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
        100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
        10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
    ];

    /// <summary>Rounds a magnitude to <paramref name="count"/> significant digits.</summary>
    /// <param name="value">A nonzero finite magnitude.</param>
    /// <param name="count">The count of digits, 1 to <see cref="MaxDigits"/>.</param>
    /// <param name="digits">Set to the decimal significand of exactly <paramref name="count"/> digits.</param>
    /// <param name="exponent">Set to the decimal exponent of the first digit.</param>
    /// <returns>Whether the rounding is proven; otherwise the results are undefined.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRound(BinarySignificand value, int count, out ulong digits, out int exponent)
    {
        int leading = BitOperations.LeadingZeroCount(value.Digits);
        ulong significand = value.Digits << leading;
        int floorLog2 = value.Exponent - leading + 63;

        // The exponent, or one less if the next power of ten is in the same binade and not above the value. Its upper word alone is decisive:
        // no power in the table has a double's 53 bits there and more below.
        int first = PowersOfTen.FloorLog10OfPowerOfTwo(floorLog2);
        bool reachesNext = (PowersOfTen.FloorLog2(first + 1) == floorLog2) & (significand >= PowersOfTen.High(first + 1));
        first += reachesNext ? 1 : 0;

        int power = count - 1 - first;
        ulong powerLow = PowersOfTen.Low(power);
        ulong carry = WideProduct.High(significand, powerLow);
        ulong middle = (significand * PowersOfTen.High(power)) + carry;
        ulong upper = WideProduct.High(significand, PowersOfTen.High(power)) + (middle < carry ? 1UL : 0);

        // 5 to 63: the upper word, of which at least 62 bits are used, contains a number below 10^17 with its fraction.
        int fractionBits = -(floorLog2 - 63 + PowersOfTen.FloorLog2(power) + 1);
        ulong rounded = upper >> fractionBits;
        ulong half = 1UL << (fractionBits - 1);
        ulong fraction = upper & ((half << 1) - 1);
        bool up = fraction >= half;
        exponent = first;
        if ((fraction == half) | (fraction == half - 1))
        {
            if (!PowersOfTen.IsExact(power))
            {
                // The true product is above this one, by less than one unit of the middle word: at or above a half here means above a half there.
                if (!up && middle == ulong.MaxValue)
                {
                    digits = 0;
                    return false;
                }
            }
            else if (up && (middle | (significand * powerLow)) == 0)
            {
                up = (rounded & 1) != 0;
            }
        }

        rounded += up ? 1UL : 0;
        ulong limit = PowerOfTen(count);
        if (rounded == limit)
        {
            rounded = PowerOfTen(count - 1);
            exponent++;
        }

        digits = rounded;
        return true;
    }

    /// <summary>Removes digits from a significand of <paramref name="count"/> digits, halves away from zero.</summary>
    /// <param name="digits">The significand; set to one of <paramref name="kept"/> digits.</param>
    /// <param name="exponent">The decimal exponent of the first digit; incremented after a carry out of it.</param>
    /// <param name="count">The current count of digits.</param>
    /// <param name="kept">The count of digits to keep, at least 1 and below <paramref name="count"/>.</param>
    public static void Shorten(ref ulong digits, ref int exponent, int count, int kept)
    {
        ulong divisor = PowerOfTen(count - kept);
        ulong quotient = digits / divisor;
        ulong remainder = digits - (quotient * divisor);
        quotient += remainder * 2 >= divisor ? 1UL : 0;
        if (quotient == PowerOfTen(kept))
        {
            quotient = PowerOfTen(kept - 1);
            exponent++;
        }

        digits = quotient;
    }

    /// <summary>Returns 10^<paramref name="exponent"/> for 0 to 19.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong PowerOfTen(int exponent) => SmallPowers[exponent];
}
