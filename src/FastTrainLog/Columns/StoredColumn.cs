using FastTrainLog.Utf8Text;

namespace FastTrainLog.Columns;

/// <summary>A column as it is read from a block.</summary>
internal sealed class StoredColumn
{
    private readonly DerivedForm? _derived;
    private readonly int _sourceSlot;
    private readonly byte[] _text = [];
    private TokenForm _form;
    private long[] _values = [];
    private StoredColumn? _source;

    /// <exception cref="InvalidDataException">The bytes are not a column.</exception>
    public StoredColumn(ref ByteReader source, int rows)
    {
        var kind = (TokenKind)source.ReadByte();
        int digits = source.ReadByte();
        _form = new TokenForm(kind, digits <= TokenForm.MostDigits ? digits : throw new InvalidDataException($"a column has {digits} digits"));
        switch (kind)
        {
            case TokenKind.Same:
                _text = source.Read(source.ReadCount(LineBlock.MostBytes)).ToArray();
                break;
            case TokenKind.Text:
                _values = NumberColumn.Read(ref source, rows);
                long end = 0;
                foreach (ref long value in _values.AsSpan())
                {
                    value = value >= 0 && value <= LineBlock.MostBytes - end ? end += value : throw new InvalidDataException($"a token has {value} bytes");
                }

                _text = source.Read((int)end).ToArray();
                break;
            case >= TokenKind.Fixed and <= TokenKind.Duration:
                _values = NumberColumn.Read(ref source, rows);
                break;
            case >= TokenKind.Copy and <= TokenKind.Quotient:
                _sourceSlot = source.ReadCount(LineBlock.MostBytes);
                _derived = new DerivedForm(kind, digits, BitConverter.Int64BitsToDouble(source.ReadInt64()));
                break;
            default:
                throw new InvalidDataException($"a column has the unknown form {(int)kind}");
        }
    }

    private bool HasNumbers => _form.Kind is >= TokenKind.Fixed and <= TokenKind.Duration;

    /// <summary>Finds the column that this one follows from, once those after it have found theirs.</summary>
    /// <exception cref="InvalidDataException">It follows from none that has numbers.</exception>
    public void Resolve(StoredColumn[] columns, int slot)
    {
        if (_derived is null)
        {
            return;
        }

        StoredColumn? source = _sourceSlot > slot && _sourceSlot < columns.Length ? columns[_sourceSlot] : null;
        if (source is not { HasNumbers: true })
        {
            throw new InvalidDataException($"column {slot} follows from column {_sourceSlot}, which has no numbers");
        }

        switch (_derived.Kind)
        {
            case TokenKind.Copy:
                (_form, _values) = (source._form, source._values);
                break;
            case TokenKind.Quotient:
                _form = new TokenForm(TokenKind.Double);
                _values = Array.ConvertAll(source._values, value => TokenForm.OrderedBits(_derived.Numerator / source._form.ToDouble(value)));
                break;
            default:
                _source = source;
                break;
        }
    }

    public void Append(Utf8Buffer target, int row)
    {
        switch (_form.Kind)
        {
            case TokenKind.Same:
                target.Append(_text);
                break;
            case TokenKind.Text:
                int start = row == 0 ? 0 : (int)_values[row - 1];
                target.Append(_text.AsSpan(start, (int)_values[row] - start));
                break;
            default:
                if (_source is null)
                {
                    _form.Append(target, _values[row]);
                }
                else
                {
                    _derived!.Append(target, _source._form, _source._values[row]);
                }

                break;
        }
    }
}
