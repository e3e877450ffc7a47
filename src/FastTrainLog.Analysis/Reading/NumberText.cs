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
    private const int MostDigits = 19;
    private const ulong ExponentBias = 1023;

    /// <summary>Reads a number.</summary>
    /// <param name="text">A number according to the grammar of JSON.</param>
    /// <param name="value">The nearest floating-point number.</param>
    public static bool TryRead(ReadOnlySpan<byte> text, out double value)
    {
        int at = text is [(byte)'-', ..] ? 1 : 0;
        ulong digits = 0;
        int count = 0;
        int exponent = 0;
        bool isFraction = false;
        for (; at < text.Length; at++)
        {
            uint digit = (uint)text[at] - '0';
            if (digit <= 9)
            {
                digits = (digits * 10) + digit;
                // Zeros that lead are no digits.
                count += (count | (int)digit) == 0 ? 0 : 1;
                exponent -= isFraction ? 1 : 0;
            }
            else if (text[at] == '.' && !isFraction)
            {
                isFraction = true;
            }
            else
            {
                break;
            }
        }

        if (at < text.Length)
        {
            if ((text[at] | 0x20) != 'e' || !Utf8Parser.TryParse(text[(at + (text[(at + 1)..] is [(byte)'+', ..] ? 2 : 1))..], out int power, out int used) || used == 0 || Math.Abs(power) > PowersOfTen.MaxExponent)
            {
                return TryReadSlowly(text, out value);
            }

            exponent += power;
        }

        if (count == 0)
        {
            value = text[0] == '-' ? -0.0 : 0.0;
            return true;
        }

        if (count > MostDigits || exponent is < PowersOfTen.MinExponent or > PowersOfTen.MaxExponent || !TryScale(digits, exponent, out ulong bits))
        {
            return TryReadSlowly(text, out value);
        }

        value = BitConverter.UInt64BitsToDouble(bits | (text[0] == '-' ? 1UL << 63 : 0));
        return true;
    }

    private static bool TryReadSlowly(ReadOnlySpan<byte> text, out double value) => Utf8Parser.TryParse(text, out value, out int used) && used == text.Length;

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
