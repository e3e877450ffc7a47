using System.Numerics;
using System.Runtime.CompilerServices;

namespace FastTrainLog.Numbers;

/// <summary>
/// Finds the decimal number with the fewest digits that reads back as a given binary one, the nearest of them if there
/// are several, by one multiplication with a truncated power of ten.
/// </summary>
/// <remarks>
/// <para>
/// After R. Giulietti, "The Schubfach way to render doubles" (2020). With k = floor(log10(2^q)), the value c·2^q is
/// x = c·2^q·10^-k units of 10^k, and half the gap to the next value, h, is in [0.5, 5) units. So at most one multiple of
/// ten units is within h of x. If there is one, it is the shortest; otherwise the nearest whole unit is, which is within h because h ≥ 0.5.
/// </para>
/// <para>
/// The paper decides each comparison exactly with three products. Here x and h come from one product with the power rounded
/// down, so both are slightly too small. A comparison within that error, such as a tie, is repeated exactly if the power is
/// exact; otherwise the method returns false and the caller uses the framework. <c>docs/numbers.md</c> has the bounds.
/// </para>
/// </remarks>
internal static class ShortestDecimal
{
    // The fixed point of the comparisons: 5 bits of units, of which a difference of two needs one for its sign, and 59 of fraction.
    private const int FractionBits = 59;
    private const ulong TenUnits = 10UL << FractionBits;
    private const ulong HalfUnit = 1UL << (FractionBits - 1);

    /// <summary>Finds the shortest decimal of a double.</summary>
    /// <param name="value">A nonzero finite magnitude.</param>
    /// <param name="digits">Set to the decimal significand, below 10^17, possibly with trailing zeros.</param>
    /// <param name="exponent">Set to the decimal exponent of the significand's last digit.</param>
    /// <returns>Whether the decimal is proven; otherwise the results are undefined.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryFindDouble(BinarySignificand value, out ulong digits, out int exponent)
    {
        int q = value.Exponent;
        int k = PowersOfTen.FloorLog10OfPowerOfTwo(q);
        exponent = k;

        // 1 to 4, which moves the units of x into the upper word of the product.
        int shift = q + PowersOfTen.FloorLog2(-k) + 1;
        ulong power = PowersOfTen.High(-k);
        ulong scaled = value.Digits << shift;
        ulong carry = WideProduct.High(scaled, PowersOfTen.Low(-k));
        ulong fraction = (scaled * power) + carry;
        ulong units = WideProduct.High(scaled, power) + (fraction < carry ? 1UL : 0);

        // The fraction is too small by less than 1 + 2^-7 of its last bit.
        bool lowerGapIsHalved = value.Digits == 1UL << 52 && q != -1074;
        return TryChoose(units, fraction, power >> (6 - shift), lowerGapIsHalved, error: 3, out digits)
            || TryChooseExactly(value.Digits, shift, -k, out digits);
    }

    /// <summary>Finds the shortest decimal of a float.</summary>
    /// <param name="value">A nonzero finite magnitude whose significand is below 2^24.</param>
    /// <param name="digits">Set to the decimal significand, below 10^9, possibly with trailing zeros.</param>
    /// <param name="exponent">Set to the decimal exponent of the significand's last digit.</param>
    /// <returns>Whether the decimal is proven; otherwise the results are undefined.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryFindSingle(BinarySignificand value, out ulong digits, out int exponent)
    {
        int q = value.Exponent;
        int k = PowersOfTen.FloorLog10OfPowerOfTwo(q);
        exponent = k;

        int shift = q + PowersOfTen.FloorLog2(-k) + 1;
        ulong power = PowersOfTen.High(-k);
        ulong scaled = value.Digits << shift;
        ulong fraction = scaled * power;
        ulong units = WideProduct.High(scaled, power);

        // With the upper half of the power alone the fraction is too small by less than the multiplicand, which is below 2^28:
        // 2^23 of the last bit that is compared.
        bool lowerGapIsHalved = value.Digits == 1UL << 23 && q != -149;
        return TryChoose(units, fraction, power >> (6 - shift), lowerGapIsHalved, error: (1 << 23) + 3, out digits)
            || TryChooseExactly(value.Digits, shift, -k, out digits);
    }

    // No branches on the digits, because they are unpredictable: a choice is a mask of all ones or all zeros, from the sign of a difference.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryChoose(ulong units, ulong fraction, ulong half, bool lowerGapIsHalved, ulong error, out ulong digits)
    {
        ulong tens = units / 10 * 10;
        fraction >>= 64 - FractionBits;
        ulong rest = ((units - tens) << FractionBits) | fraction;

        // The nearer multiple of ten (the upper one if the rest is more than five units), and whether it is within h.
        ulong isAbove = SignOf((TenUnits / 2) - rest);
        ulong distance = (rest ^ isAbove) + ((TenUnits + 1) & isAbove);
        ulong margin = half - distance;
        ulong isUnit = SignOf(margin);
        ulong ten = tens + (10 & isAbove);

        ulong roundDown = fraction - HalfUnit;
        ulong unit = units + 1 + SignOf(roundDown);
        digits = ten ^ ((ten ^ unit) & isUnit);
        if ((margin + error <= error * 2) | (roundDown + error <= error * 2))
        {
            return false;
        }

        // Below a power of two the numbers are twice as dense: a choice below it must be within half of h. If it is not, the
        // framework is used. For 2^-25 and 2^-958 the framework ignores this rule and writes one digit too few to read back.
        return !lowerGapIsHalved || digits > units || (digits == units ? fraction : rest) + error < half >> 1;
    }

    // Ties and other near misses: common among numbers with few fraction bits, such as floats from 2^16 to 2^22. For those the power is exact.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryChooseExactly(ulong significand, int shift, int exponent, out ulong digits)
    {
        digits = 0;
        if ((uint)exponent > PowersOfTen.MaxExponentOfOneWord || BitOperations.IsPow2(significand))
        {
            return false;
        }

        // 64 bits of fraction, which is exact.
        ulong power = PowersOfTen.High(exponent);
        UInt128 x = Math.BigMul(significand << shift, power);
        UInt128 half = (UInt128)power << (shift - 1);
        ulong units = (ulong)(x >> 64);
        ulong tens = units / 10 * 10;
        UInt128 above = ((UInt128)tens << 64) + ((UInt128)10 << 64) - x;
        UInt128 below = x - ((UInt128)tens << 64);

        // A number halfway between two binary numbers is parsed as the one with the even significand.
        bool isEven = (significand & 1) == 0;
        if (below < half || (below == half && isEven))
        {
            digits = tens;
        }
        else if (above < half || (above == half && isEven))
        {
            digits = tens + 10;
        }
        else
        {
            ulong fraction = (ulong)x;
            bool isUp = fraction > 1UL << 63 || (fraction == 1UL << 63 && (units & 1) != 0);
            digits = units + (isUp ? 1UL : 0);
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong SignOf(ulong difference) => (ulong)((long)difference >> 63);
}
