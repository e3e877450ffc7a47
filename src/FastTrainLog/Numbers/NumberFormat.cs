using System.Globalization;
using System.Runtime.CompilerServices;

namespace FastTrainLog.Numbers;

/// <summary>
/// The format of one argument's floating-point numbers: a format string of the framework, parsed once. The text is that of the framework
/// for the invariant culture, byte for byte.
/// </summary>
/// <remarks>
/// It does not handle integers: the text buffer writes those without a format, the framework those with one.
/// The methods return <see langword="false"/> when the destination is too short for the text, as
/// <see cref="IUtf8SpanFormattable"/> does; a destination of <see cref="NumberWriter.RequiredLength"/> bytes or more is fast and rarely too short.
/// Thread-safe. The default is the shortest text. A format that the framework rejects throws <see cref="FormatException"/> when it is used, as in the framework.
/// </remarks>
internal readonly struct NumberFormat
{
    private readonly string? _format;
    private readonly NumberFormatKind _kind;
    private readonly byte _precision;
    private readonly byte _symbol;

    private NumberFormat(string? format, NumberFormatKind kind, int precision, char symbol)
    {
        _format = format;
        _kind = kind;
        _precision = (byte)precision;
        _symbol = (byte)symbol;
    }

    /// <summary>The format string, or null.</summary>
    public string? Text => _format;

    /// <summary>The family that the format belongs to.</summary>
    public NumberFormatKind Kind => _kind;

    /// <summary>Parses a format string, or none.</summary>
    public static NumberFormat Parse(string? format)
    {
        if (string.IsNullOrEmpty(format) || format is "R" or "G")
        {
            return new(format, NumberFormatKind.Shortest, 0, 'E');
        }

        if (TryParsePrecision(format, out int precision))
        {
            switch (format[0])
            {
                case 'F' or 'f' when precision <= FixedDecimal.MaxDecimals:
                    return new(format, NumberFormatKind.Fixed, precision, 'E');
                case 'E' or 'e' when precision < RoundedDecimal.MaxDigits:
                    return new(format, NumberFormatKind.Scientific, precision, format[0]);
            }
        }

        return TryParsePattern(format, out int decimals, out char symbol)
            ? new(format, NumberFormatKind.ScientificPattern, decimals, symbol)
            : new(format, NumberFormatKind.Other, 0, 'E');
    }

    /// <summary>Writes a number.</summary>
    public bool TryWrite<T>(Span<byte> destination, T value, out int written)
        where T : struct, IUtf8SpanFormattable
    {
        written = TryWriteFast(destination, value);
        return written != 0 || value.TryFormat(destination, out written, _format, CultureInfo.InvariantCulture);
    }

    /// <summary>Writes a double, float or half without the framework and returns the count of bytes, or 0 if only the framework can.</summary>
    public int TryWriteFast<T>(Span<byte> destination, T value)
        where T : struct
    {
        if (destination.Length < NumberWriter.RequiredLength)
        {
            return 0;
        }

        if (typeof(T) == typeof(double))
        {
            double number = Unsafe.BitCast<T, double>(value);
            return _kind == NumberFormatKind.Shortest
                ? NumberWriter.TryWriteShortest(destination, number)
                : TryWriteRounded(destination, number, NumberWriter.DoublePatternDigits);
        }

        if (typeof(T) == typeof(float))
        {
            float number = Unsafe.BitCast<T, float>(value);
            return _kind == NumberFormatKind.Shortest
                ? NumberWriter.TryWriteShortest(destination, number)
                : TryWriteRounded(destination, number, NumberWriter.SinglePatternDigits);
        }

        // A half's shortest text is shorter than its float's, and its custom patterns start from fewer digits.
        return typeof(T) == typeof(Half) && _kind is NumberFormatKind.Fixed or NumberFormatKind.Scientific
            ? TryWriteRounded(destination, (double)Unsafe.BitCast<T, Half>(value), NumberWriter.SinglePatternDigits)
            : 0;
    }

    private int TryWriteRounded(Span<byte> destination, double value, int patternDigits)
        => NumberWriter.TryWriteRounded(destination, value, _kind, _precision, _symbol, patternDigits);

    // A letter and one or two digits; a letter alone means a precision that depends on the culture, so the framework handles it.
    private static bool TryParsePrecision(string format, out int precision)
    {
        precision = 0;
        foreach (char digit in format.AsSpan(1))
        {
            if (!char.IsAsciiDigit(digit) || format.Length > 3)
            {
                return false;
            }

            precision = (precision * 10) + (digit - '0');
        }

        return format.Length > 1;
    }

    // 0e+00, 0.0e+00, 0.00E+00, …
    private static bool TryParsePattern(string format, out int decimals, out char symbol)
    {
        int letter = format.AsSpan().IndexOfAny('e', 'E');
        decimals = letter == 1 ? 0 : letter - 2;
        symbol = letter > 0 ? format[letter] : default;
        return letter > 0
            && decimals is >= 0 and < RoundedDecimal.MaxDigits
            && format[0] == '0'
            && (letter == 1 || (letter > 2 && format[1] == '.' && format.AsSpan(2, decimals).TrimStart('0').IsEmpty))
            && format.AsSpan(letter + 1) is "+00";
    }
}
