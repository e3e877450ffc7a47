using FastTrainLog.Utf8Text;

namespace FastTrainLog.Columns;

/// <summary>A pattern as it is read from a block, from which its lines are made in their order.</summary>
internal sealed class StoredPattern
{
    private readonly byte[] _pieces;
    private readonly StoredColumn[] _columns;
    private readonly int[] _ends;
    private int _row;

    /// <exception cref="InvalidDataException">The bytes are not columns of this pattern.</exception>
    public StoredPattern(byte[] pieces, int rows, ref ByteReader source)
    {
        _pieces = pieces;
        int slots = pieces.AsSpan().Count((byte)0) - 1;
        if (slots < 0 || pieces[^1] != 0 || (long)slots * rows > LineBlock.MostBytes)
        {
            throw new InvalidDataException("a pattern is damaged");
        }

        _ends = new int[slots + 1];
        int at = 0;
        for (int i = 0; i <= slots; i++)
        {
            _ends[i] = at += pieces.AsSpan(at).IndexOf((byte)0);
            at++;
        }

        _columns = new StoredColumn[slots];
        for (int slot = 0; slot < slots; slot++)
        {
            _columns[slot] = new StoredColumn(ref source, rows);
        }

        for (int slot = slots - 1; slot >= 0; slot--)
        {
            _columns[slot].Resolve(_columns, slot);
        }
    }

    /// <summary>Appends the next line, without its end.</summary>
    public void AppendNext(Utf8Buffer target)
    {
        int start = 0;
        for (int slot = 0; slot < _columns.Length; slot++)
        {
            target.Append(_pieces.AsSpan(start, _ends[slot] - start));
            _columns[slot].Append(target, _row);
            start = _ends[slot] + 1;
        }

        target.Append(_pieces.AsSpan(start, _ends[^1] - start));
        _row++;
    }
}
