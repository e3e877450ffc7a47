using System.Buffers.Binary;
using System.Buffers.Text;
using System.Numerics;
using FastTrainLog.Numbers;

namespace FastTrainLog.Reading;

/// <summary>Numbers of JSON as floating-point numbers.</summary>
/// <remarks>
/// D. Lemire, "Number parsing at a gigabyte per second" (Software: Practice and Experience 51, 2021), in the conservative form of N. Tao, which leaves what it cannot decide, one number in
/// some billions, and numbers of more than 19 digits to the framework. It takes a sixth of the framework's time.
/// </remarks>
internal static class NumberText
{
    private const ulong ExponentBias = 1023;

    // With this many digits fewer than 10^19, eight or one more fit into 64 bits.
    private const ulong RoomForEight = (ulong.MaxValue - 99_999_999) / 100_000_000;
    private const ulong RoomForOne = (ulong.MaxValue - 9) / 10;
    private const int Eight = 8;

    // Integers up to here, and these powers of ten, are floating-point numbers themselves, so that one division rounds once (W. Clinger, 1990).
    private const ulong MostExact = 1UL << 53;
    private static readonly double[] ExactPowers = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

    /// <summary>Reads a number.</summary>
    /// <param name="text">A number according to the grammar of JSON.</param>
    /// <param name="value">The nearest floating-point number.</param>
    public static bool TryRead(ReadOnlySpan<byte> text, out double value)
    {
        int at = 0;
        return TryPass(text, ref at, out value) == NumberState.Known && at == text.Length
            || (Utf8Parser.TryParse(text, out value, out int used) && used == text.Length);
    }

    /// <summary>Passes over a number in a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="at">Where the number begins; then where it ends.</param>
    /// <param name="value">The nearest floating-point number, if it is known.</param>
    /// <returns><see cref="NumberState.None"/> if there is no number according to the grammar of JSON; <see cref="NumberState.Unknown"/> if the framework has to read it.</returns>
    public static NumberState TryPass(ReadOnlySpan<byte> text, ref int at, out double value)
    {
        value = 0.0;
        bool isNegative = at < text.Length && text[at] == '-';
        at += isNegative ? 1 : 0;
        ulong digits = 0;
        bool fits = true;
        int begin = at;
        // A zero is not followed by another digit.
        if (at < text.Length && text[at] == '0')
        {
            at++;
        }
        else
        {
            PassDigits(text, ref at, ref digits, ref fits);
        }

        if (at == begin)
        {
            return NumberState.None;
        }

        int exponent = 0;
        if (at < text.Length && text[at] == '.')
        {
            begin = ++at;
            PassDigits(text, ref at, ref digits, ref fits);
            if (at == begin)
            {
                return NumberState.None;
            }

            exponent = begin - at;
        }

        if (at < text.Length && (text[at] | 0x20) == 'e')
        {
            if (!TryPassExponent(text, ref at, out int power))
            {
                return NumberState.None;
            }

            exponent += power;
        }

        if (!fits)
        {
            return NumberState.Unknown;
        }

        if (digits <= MostExact && exponent <= 0 && exponent > -ExactPowers.Length)
        {
            value = exponent == 0 ? digits : digits / ExactPowers[-exponent];
        }
        else if (digits != 0 && exponent is >= PowersOfTen.MinExponent and <= PowersOfTen.MaxExponent && TryScale(digits, exponent, out ulong bits))
        {
            value = BitConverter.UInt64BitsToDouble(bits);
        }
        else
        {
            return NumberState.Unknown;
        }

        value = isNegative ? -value : value;
        return NumberState.Known;
    }

    private static void PassDigits(ReadOnlySpan<byte> text, ref int at, ref ulong digits, ref bool fits)
    {
        while (digits <= RoomForEight && text.Length - at >= Eight && TryReadEight(BinaryPrimitives.ReadUInt64LittleEndian(text[at..]), out uint eight))
        {
            digits = (digits * 100_000_000) + eight;
            at += Eight;
        }

        for (; at < text.Length && (uint)(text[at] - '0') is var digit and <= 9; at++)
        {
            fits &= digits <= RoomForOne;
            digits = unchecked((digits * 10) + digit);
        }
    }

    // Eight digits at once: neighbours are joined to numbers of two, four and eight digits (D. Lemire, 2018, and J. Keiser).
    private static bool TryReadEight(ulong text, out uint value)
    {
        const ulong HighHalves = 0xF0F0_F0F0_F0F0_F0F0;
        const ulong Zeros = 0x3030_3030_3030_3030;
        value = 0;
        if ((text & HighHalves) != Zeros || (unchecked(text + 0x0606_0606_0606_0606) & HighHalves) != Zeros)
        {
            return false;
        }

        text -= Zeros;
        text = unchecked((text * 10) + (text >> 8));
        value = (uint)(unchecked(((text & 0x0000_00FF_0000_00FF) * 0x000F_4240_0000_0064) + (((text >> 16) & 0x0000_00FF_0000_00FF) * 0x0000_2710_0000_0001)) >> 32);
        return true;
    }

    private static bool TryPassExponent(ReadOnlySpan<byte> text, ref int at, out int power)
    {
        at++;
        bool isNegative = at < text.Length && text[at] == '-';
        at += at < text.Length && text[at] is (byte)'-' or (byte)'+' ? 1 : 0;
        int begin = at;
        power = 0;
        for (; at < text.Length && (uint)(text[at] - '0') is var digit and <= 9; at++)
        {
            // More is beyond every floating-point number.
            power = Math.Min((power * 10) + (int)digit, 100_000);
        }

        power = isNegative ? -power : power;
        return at > begin;
    }

    // digits times 10^exponent; false if the truncated power does not decide how it is rounded, or it is not a normal number.
    private static bool TryScale(ulong digits, int exponent, out ulong bits)
    {
        bits = 0;
        int zeros = BitOperations.LeadingZeroCount(digits);
        digits <<= zeros;
        ulong power = (ulong)PowersOfTen.FloorLog2(exponent) + 64 + ExponentBias - (ulong)zeros;
        ulong high = Math.BigMul(digits, PowersOfTen.High(exponent), out ulong low);
        if ((high & 0x1FF) == 0x1FF && unchecked(low + digits) < digits)
        {
            ulong carried = Math.BigMul(digits, PowersOfTen.Low(exponent), out ulong lowest);
            ulong merged = unchecked(low + carried);
            high += merged < low ? 1UL : 0;
            low = merged;
            if ((high & 0x1FF) == 0x1FF && low == ulong.MaxValue && unchecked(lowest + digits) < digits)
            {
                return false;
            }
        }

        ulong top = high >> 63;
        ulong significand = high >> (int)(top + 9);
        power -= 1 ^ top;
        if (low == 0 && (high & 0x1FF) == 0 && (significand & 3) == 1)
        {
            return false;
        }

        significand = (significand + (significand & 1)) >> 1;
        if (significand >> 53 > 0)
        {
            significand >>= 1;
            power++;
        }

        bits = (power << 52) | (significand & ((1UL << 52) - 1));
        return unchecked(power - 1) < 0x7FE;
    }
}
