using System.Buffers.Text;
using System.Globalization;
using FastTrainLog.Numbers;
using FastTrainLog.Utf8Text;

namespace FastTrainLog.Columns;

/// <summary>How the tokens of a column follow from those of another one in the same lines: as the message of a line repeats its properties, rounded.</summary>
internal sealed class DerivedForm
{
    // Of a metric in a message. A zero at the end is left out, so a token does not tell.
    private const int UsualDigits = 6;

    // A double of fewer digits was logged with these, and takes few bytes anyway.
    private const int FullDigits = 15;

    private static readonly NumberFormat Shortest = NumberFormat.Parse(null);

    private readonly NumberFormat _format;

    public DerivedForm(TokenKind kind, int digits = 0, double numerator = 0)
    {
        Kind = kind;
        Digits = digits;
        Numerator = numerator;
        _format = kind switch
        {
            TokenKind.RoundedFixed => NumberFormat.Parse(string.Create(CultureInfo.InvariantCulture, $"F{digits}")),
            TokenKind.RoundedGeneral => NumberFormat.Parse(string.Create(CultureInfo.InvariantCulture, $"G{digits}")),
            TokenKind.RoundedScientific => NumberFormat.Parse(digits == 0 ? "0e+00" : $"0.{new string('0', digits)}e+00"),
            _ => Shortest,
        };
    }

    public TokenKind Kind { get; }

    /// <summary>Gets the count of decimals or of significant digits.</summary>
    public int Digits { get; }

    /// <summary>Gets what is divided by the numbers of the other column.</summary>
    public double Numerator { get; }

    /// <summary>Returns the forms that two tokens of one line suggest.</summary>
    /// <param name="token">The token.</param>
    /// <param name="from">The one that it may follow from.</param>
    /// <param name="form">The form of that one.</param>
    public static IEnumerable<DerivedForm> Candidates(ReadOnlySpan<byte> token, ReadOnlySpan<byte> from, TokenForm form)
    {
        if (token.SequenceEqual(from))
        {
            return [new DerivedForm(TokenKind.Copy)];
        }

        if (form.Kind == TokenKind.Duration)
        {
            return token.Contains((byte)':') ? [new DerivedForm(TokenKind.ShortDuration)] : [];
        }

        if (!form.HasNumbers || !Utf8Parser.TryParse(token, out double value, out int used) || used != token.Length || !Utf8Parser.TryParse(from, out double source, out _))
        {
            return [];
        }

        int exponent = token.IndexOf((byte)'e');
        int point = token.IndexOf((byte)'.');
        if (exponent > 0)
        {
            return [new DerivedForm(TokenKind.RoundedScientific, point < 0 ? 0 : exponent - point - 1)];
        }

        int digits = token.Length - (token[0] == '-' ? 1 : 0) - (point < 0 ? 0 : 1);
        if (digits >= FullDigits)
        {
            double numerator = Math.Round(value * source);
            return numerator != 0 && double.IsFinite(numerator) ? [new DerivedForm(TokenKind.Quotient, 0, numerator)] : [];
        }

        // What differs by more than its last digit follows from something else.
        int decimals = point < 0 ? 0 : token.Length - point - 1;
        return Math.Abs(value - source) > Math.Pow(10, -decimals) ? []
            : [new DerivedForm(TokenKind.RoundedFixed, decimals), new DerivedForm(TokenKind.RoundedGeneral, UsualDigits)];
    }

    /// <summary>Appends a token.</summary>
    /// <param name="buffer">The buffer.</param>
    /// <param name="from">The form of the other column.</param>
    /// <param name="value">Its value in the same line.</param>
    public void Append(Utf8Buffer buffer, TokenForm from, long value)
    {
        switch (Kind)
        {
            case TokenKind.Copy:
                from.Append(buffer, value);
                break;
            case TokenKind.ShortDuration:
                buffer.AppendFormatted(new TimeSpan(value), "g");
                break;
            case TokenKind.Quotient:
                buffer.AppendFormatted(Numerator / from.ToDouble(value), Shortest);
                break;
            default:
                buffer.AppendFormatted(from.ToDouble(value), _format);
                break;
        }
    }
}
