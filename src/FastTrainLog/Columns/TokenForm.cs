using System.Buffers.Text;
using System.Globalization;
using FastTrainLog.Numbers;
using FastTrainLog.Utf8Text;

namespace FastTrainLog.Columns;

/// <summary>The conversion between the tokens of a column and integers, without a loss: a token is converted only if it is made again byte for byte.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Digits">The count of decimals or of significant digits, for the kinds that have one.</param>
internal readonly record struct TokenForm(TokenKind Kind, int Digits = 0)
{
    /// <summary>The maximum number of digits of a decimal number: any such fits into 64 bits.</summary>
    public const int MostDigits = 18;

    // Up to here a decimal number is the quotient of two integers that a double has exactly, so that one division rounds it correctly.
    private const long LargestExact = 1L << 53;
    private const int TimeLength = 28;

    private static readonly NumberFormat Shortest = NumberFormat.Parse(null);
    private static readonly double[] PowersOfTen = [.. Enumerable.Range(0, MostDigits + 1).Select(power => double.Parse($"1e{power}", CultureInfo.InvariantCulture))];

    /// <summary>Gets whether tokens of this form are numbers that others may be derived from.</summary>
    public bool HasNumbers => Kind is TokenKind.Fixed or TokenKind.Trimmed or TokenKind.Single or TokenKind.Double;

    /// <summary>Converts a token.</summary>
    /// <returns>Whether it has this form.</returns>
    public bool TryParse(ReadOnlySpan<byte> token, out long value)
    {
        value = 0;
        switch (Kind)
        {
            case TokenKind.Fixed:
                return DecimalToken.TryRead(token, out DecimalToken fixedPoint) && fixedPoint.Decimals == Digits && fixedPoint.TryScale(Digits, out value);
            case TokenKind.Trimmed:
                return DecimalToken.TryRead(token, out DecimalToken trimmed) && trimmed.IsTrimmed && trimmed.TryScale(Digits, out value);
            case TokenKind.Single or TokenKind.Double:
                return TryParseFloating(token, out value);
            case TokenKind.Time:
                bool isTime = Utf8Parser.TryParse(token, out DateTime time, out int used, 'O') && used == token.Length && used == TimeLength && time.Kind == DateTimeKind.Utc;
                value = time.Ticks;
                return isTime;
            case TokenKind.Duration:
                bool isDuration = Utf8Parser.TryParse(token, out TimeSpan duration, out used, 'c') && used == token.Length;
                value = duration.Ticks;
                return isDuration && IsMadeAgain(token, value);
            default:
                return false;
        }
    }

    /// <summary>Appends the token of an integer.</summary>
    public void Append(Utf8Buffer buffer, long value)
    {
        switch (Kind)
        {
            case TokenKind.Fixed:
                AppendDecimal(buffer, value, Digits, isTrimmed: false);
                break;
            case TokenKind.Trimmed:
                AppendDecimal(buffer, value, Digits, isTrimmed: true);
                break;
            case TokenKind.Time:
                buffer.AppendFormatted(new DateTime(Math.Clamp(value, 0, DateTime.MaxValue.Ticks), DateTimeKind.Utc), "O");
                break;
            case TokenKind.Duration:
                buffer.AppendFormatted(new TimeSpan(value), "c");
                break;
            default:
                buffer.AppendFormatted(ToDouble(value), Shortest);
                break;
        }
    }

    /// <summary>Returns the number that an integer stands for.</summary>
    public double ToDouble(long value)
    {
        if (Kind == TokenKind.Single)
        {
            int bits = unchecked((int)value);
            return BitConverter.Int32BitsToSingle(bits ^ ((bits >> 31) & int.MaxValue));
        }

        if (Kind == TokenKind.Double)
        {
            return BitConverter.Int64BitsToDouble(value ^ ((value >> 63) & long.MaxValue));
        }

        if (value is >= -LargestExact and <= LargestExact)
        {
            return value / PowersOfTen[Digits];
        }

        var text = new Utf8Buffer(32);
        Append(text, value);
        return double.Parse(text.Written, CultureInfo.InvariantCulture);
    }

    /// <summary>Returns the bits of a number as an integer that is the larger the larger the number is, so that the difference of two near numbers is small.</summary>
    public static long OrderedBits(double number)
    {
        long bits = BitConverter.DoubleToInt64Bits(number);
        return bits ^ ((bits >> 63) & long.MaxValue);
    }

    private static void AppendDecimal(Utf8Buffer buffer, long value, int decimals, bool isTrimmed)
    {
        ulong magnitude = value < 0 ? 0 - (ulong)value : (ulong)value;
        while (isTrimmed && decimals > 0 && magnitude % 10 == 0)
        {
            magnitude /= 10;
            decimals--;
        }

        if (value < 0)
        {
            buffer.Append((byte)'-');
        }

        // From the last digit on, with a digit before the point at least.
        Span<byte> text = stackalloc byte[2 * MostDigits + 4];
        int start = text.Length;
        for (int digit = 0; magnitude > 0 || digit <= decimals; digit++)
        {
            if (digit == decimals && decimals > 0)
            {
                text[--start] = (byte)'.';
            }

            (magnitude, ulong last) = Math.DivRem(magnitude, 10);
            text[--start] = (byte)('0' + last);
        }

        buffer.Append(text[start..]);
    }

    private bool TryParseFloating(ReadOnlySpan<byte> token, out long value)
    {
        value = 0;
        if (!Utf8Parser.TryParse(token, out double number, out int used) || used != token.Length || !double.IsFinite(number))
        {
            return false;
        }

        if (Kind == TokenKind.Single)
        {
            float single = (float)number;
            if (BitConverter.DoubleToInt64Bits(single) != BitConverter.DoubleToInt64Bits(number))
            {
                return false;
            }

            int bits = BitConverter.SingleToInt32Bits(single);
            value = bits ^ ((bits >> 31) & int.MaxValue);
        }
        else
        {
            value = OrderedBits(number);
        }

        return IsMadeAgain(token, number);
    }

    private static bool IsMadeAgain(ReadOnlySpan<byte> token, double number)
    {
        Span<byte> text = stackalloc byte[Math.Max(64, NumberWriter.RequiredLength)];
        return Shortest.TryWrite(text, number, out int written) && text[..written].SequenceEqual(token);
    }

    private static bool IsMadeAgain(ReadOnlySpan<byte> token, long ticks)
    {
        Span<byte> text = stackalloc byte[32];
        return Utf8Formatter.TryFormat(new TimeSpan(ticks), text, out int written, 'c') && text[..written].SequenceEqual(token);
    }
}
