using System.Buffers;

namespace FastTrainLog.Reading;

/// <summary>A piece of a file, after decompression, and the records that its complete lines were read as.</summary>
internal sealed class ReadBlock
{
    private const int FirstBuffer = 256 * 1024;

    private readonly List<(int Begin, int Length, RecordTable Table)> _records = [];
    private readonly Stack<RecordTable> _unused = new();
    private int _next;

    /// <summary>Gets its bytes; the first <see cref="Kept"/> of them are the end of the piece before it.</summary>
    public byte[] Bytes { get; private set; } = [];

    /// <summary>Gets how many bytes there are.</summary>
    public int Length { get; private set; }

    /// <summary>Gets how many bytes are those of a line that the piece before it began.</summary>
    public int Kept { get; private set; }

    /// <summary>Gets the offset of its end, after decompression.</summary>
    public long End { get; private set; }

    /// <summary>Gets how many bytes of the file were read, before decompression.</summary>
    public long Position { get; private set; }

    /// <summary>Gets whether the file ends with it.</summary>
    public bool IsLast { get; private set; }

    /// <summary>Gets the error that stopped the reading, or null.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Makes it an empty piece at an offset.</summary>
    /// <param name="offset">The offset, after decompression.</param>
    /// <param name="position">How many bytes of the file were read or skipped.</param>
    /// <param name="failure">The error that stopped the reading there, or null.</param>
    public void Clear(long offset, long position, Exception? failure = null)
    {
        (Length, Kept, End, Position, IsLast, Failure) = (0, 0, offset, position, failure is not null, failure);
        ReturnTables();
    }

    /// <summary>Reads the piece that follows another one.</summary>
    public void Read(ReadBlock before, Stream stream, FileStream file)
    {
        ReturnTables();
        int begun = before.Bytes.AsSpan(0, before.Length).LastIndexOf((byte)'\n') + 1;
        Kept = before.Length - begun is var rest && rest < LineReader.LongestLine ? rest : 0;
        if (Bytes.Length <= Kept)
        {
            Return();
            Bytes = ArrayPool<byte>.Shared.Rent(Math.Max(FirstBuffer, Kept * 2));
        }

        before.Bytes.AsSpan(begun, Kept).CopyTo(Bytes);
        Length = Kept;
        (End, IsLast, Failure) = (before.End, false, null);
        try
        {
            for (int read = -1; read != 0 && Length < Bytes.Length; Length += read, End += read)
            {
                read = stream.Read(Bytes.AsSpan(Length));
                IsLast = read == 0;
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            Failure = exception;
            IsLast = true;
        }

        Position = file.Position;
    }

    /// <summary>Reads the records of its complete lines.</summary>
    public void ReadRecords(LineLayouts layouts)
    {
        int begin = 0;
        for (int length; (length = Bytes.AsSpan(begin, Length - begin).IndexOf((byte)'\n')) >= 0; begin += length + 1)
        {
            RecordTable table = _unused.TryPop(out RecordTable? unused) ? unused : new RecordTable(layouts);
            ReadOnlySpan<byte> line = LineReader.WithoutMarks(Bytes.AsSpan(begin, length));
            if (table.Read(line) is null)
            {
                _records.Add((begin + length - line.Length, line.Length, table));
            }
            else
            {
                _unused.Push(table);
            }
        }
    }

    /// <summary>Returns the record that a line was read as; null if it was not, or is none. Lines are asked for in their order.</summary>
    public RecordTable? RecordOf(int begin, int length)
    {
        while (_next < _records.Count && _records[_next].Begin < begin)
        {
            _next++;
        }

        return _next < _records.Count && _records[_next].Begin == begin && _records[_next].Length == length ? _records[_next].Table : null;
    }

    /// <summary>Returns its memory, so that it is used no more before it is read again.</summary>
    public void Return()
    {
        ArrayPool<byte>.Shared.Return(Bytes);
        Bytes = [];
    }

    private void ReturnTables()
    {
        foreach ((_, _, RecordTable table) in _records)
        {
            _unused.Push(table);
        }

        _records.Clear();
        _next = 0;
    }
}
