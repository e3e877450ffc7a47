using System.Globalization;
using FastTrainLog.Utf8Text;

namespace FastTrainLog.Columns;

/// <summary>The tokens at one place in the lines of a pattern: the form in which they take the fewest bytes.</summary>
internal sealed class TokenColumn
{
    // Of fewer digits than these a number takes fewer bytes as an integer than as a floating-point number.
    private const long LongNumber = 1_000_000_000;

    private readonly LinePattern _pattern;
    private readonly int _slot;

    /// <summary>Examines a column.</summary>
    public TokenColumn(ReadOnlySpan<byte> block, LinePattern pattern, int slot)
    {
        _pattern = pattern;
        _slot = slot;
        if (IsSame(block))
        {
            Form = new TokenForm(TokenKind.Same);
            return;
        }

        double least = double.MaxValue;
        foreach (TokenForm candidate in Candidates(block))
        {
            if (TryConvert(block, candidate, out long[] values) && NumberColumn.BitsOf(values) is var bits && bits < least)
            {
                (Form, Values, least) = (candidate, values, bits);
            }
        }
    }

    /// <summary>Gets the form; texts, unless there is a better one.</summary>
    public TokenForm Form { get; } = new(TokenKind.Text);

    /// <summary>Gets the values, if the form has any.</summary>
    public long[] Values { get; } = [];

    /// <summary>Gets the form by which the tokens follow from those of another column; null if they do not.</summary>
    public DerivedForm? Derived { get; private set; }

    /// <summary>Gets that column.</summary>
    public int Source { get; private set; }

    // What is rounded has lost its numbers.
    private bool HasValues => Values.Length > 0 && Derived is null or { Kind: TokenKind.Copy or TokenKind.Quotient };

    /// <summary>Looks for a column that this one follows from, among those after it, so that there is no circle; they were derived before.</summary>
    public void Derive(ReadOnlySpan<byte> block, TokenColumn[] columns, Utf8Buffer text)
    {
        if (Form.Kind == TokenKind.Same)
        {
            return;
        }

        int last = _pattern.Rows - 1;
        for (int source = _slot + 1; source < columns.Length; source++)
        {
            TokenColumn other = columns[source];
            if (!other.HasValues)
            {
                continue;
            }

            foreach (DerivedForm form in DerivedForm.Candidates(_pattern.Token(block, last, _slot), _pattern.Token(block, last, source), other.Form))
            {
                if (Follows(block, other, form, text))
                {
                    (Derived, Source) = (form, source);
                    return;
                }
            }
        }
    }

    public void Write(ReadOnlySpan<byte> block, Utf8Buffer target)
    {
        target.Append((byte)(Derived?.Kind ?? Form.Kind));
        if (Derived is not null)
        {
            target.Append((byte)Derived.Digits);
            LineBlock.WriteInt32(target, Source);
            LineBlock.WriteInt64(target, BitConverter.DoubleToInt64Bits(Derived.Numerator));
            return;
        }

        target.Append((byte)Form.Digits);
        switch (Form.Kind)
        {
            case TokenKind.Same:
                ReadOnlySpan<byte> token = _pattern.Token(block, 0, _slot);
                LineBlock.WriteInt32(target, token.Length);
                target.Append(token);
                break;
            case TokenKind.Text:
                long[] lengths = new long[_pattern.Rows];
                for (int row = 0; row < lengths.Length; row++)
                {
                    lengths[row] = _pattern.Token(block, row, _slot).Length;
                }

                NumberColumn.Write(target, lengths);
                for (int row = 0; row < lengths.Length; row++)
                {
                    target.Append(_pattern.Token(block, row, _slot));
                }

                break;
            default:
                NumberColumn.Write(target, Values);
                break;
        }
    }

    private bool IsSame(ReadOnlySpan<byte> block)
    {
        ReadOnlySpan<byte> first = _pattern.Token(block, 0, _slot);
        for (int row = 1; row < _pattern.Rows; row++)
        {
            if (!_pattern.Token(block, row, _slot).SequenceEqual(first))
            {
                return false;
            }
        }

        return true;
    }

    // The forms that the first and the last token may have.
    private TokenForm[] Candidates(ReadOnlySpan<byte> block)
    {
        ReadOnlySpan<byte> first = _pattern.Token(block, 0, _slot);
        if (new TokenForm(TokenKind.Time).TryParse(first, out _))
        {
            return [new TokenForm(TokenKind.Time)];
        }

        if (new TokenForm(TokenKind.Duration).TryParse(first, out _))
        {
            return first.Contains((byte)':') ? [new TokenForm(TokenKind.Duration)] : Numbers(block);
        }

        return Numbers(block);
    }

    private TokenForm[] Numbers(ReadOnlySpan<byte> block)
    {
        int most = 0;
        int least = int.MaxValue;
        bool areDecimals = true;
        bool areLong = false;
        for (int row = 0; row < _pattern.Rows; row++)
        {
            if (DecimalToken.TryRead(_pattern.Token(block, row, _slot), out DecimalToken token))
            {
                (most, least) = (Math.Max(most, token.Decimals), Math.Min(least, token.Decimals));
                areLong |= Math.Abs(token.Digits) >= LongNumber;
            }
            else
            {
                areDecimals = false;
            }
        }

        TokenForm[] decimals = !areDecimals ? []
            : [new TokenForm(most == least ? TokenKind.Fixed : TokenKind.Trimmed, most)];
        return decimals.Length > 0 && (most == 0 || !areLong) ? decimals : [.. decimals, new TokenForm(TokenKind.Single), new TokenForm(TokenKind.Double)];
    }

    private bool TryConvert(ReadOnlySpan<byte> block, TokenForm form, out long[] values)
    {
        values = new long[_pattern.Rows];
        for (int row = 0; row < values.Length; row++)
        {
            if (!form.TryParse(_pattern.Token(block, row, _slot), out values[row]))
            {
                return false;
            }
        }

        return true;
    }

    private bool Follows(ReadOnlySpan<byte> block, TokenColumn other, DerivedForm form, Utf8Buffer text)
    {
        // The last row suggested the form: from it on, so that most that do not fit end soon.
        for (int row = _pattern.Rows - 1; row >= 0; row--)
        {
            text.Clear();
            form.Append(text, other.Form, other.Values[row]);
            if (!text.Written.SequenceEqual(_pattern.Token(block, row, _slot)))
            {
                return false;
            }
        }

        return true;
    }
}
