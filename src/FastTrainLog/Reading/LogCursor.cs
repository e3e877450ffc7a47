namespace FastTrainLog.Reading;

/// <summary>Goes through the records of one log: its rotated files, the oldest first, then the one that is written.</summary>
/// <remarks>
/// A line that is no record is counted and passed over. Where records stand on one line with each other or with torn pieces, as after
/// a kill in the middle of a write, the line is taken apart where a record begins: pieces are counted, whole records are read.
/// </remarks>
internal sealed class LogCursor(IReadOnlyList<LogFile> files, UnreadableLines unreadable, NameTable names) : IDisposable
{
    private const string TooLong = "it is longer than 8 MiB";
    private const string CutOff = "it is cut off at the end of the file";
    private const string Nul = "it is NUL bytes";

    private static ReadOnlySpan<byte> RecordStart => "{\"timestamp\":\""u8;

    private LineReader? _reader;
    private int _next;
    private long _done;
    private int _piece;
    private int _pieceLength;
    private bool _pieces;

    public RecordTable Table { get; } = new();

    public NameTable Names => names;

    public LogFile File => _reader!.File;

    public long Line => _reader!.Line;

    public ReadOnlySpan<byte> Json => _reader!.Current.Slice(_piece, _pieceLength);

    /// <summary>Gets the record.</summary>
    public StoredRecord Record => new(Table, Names, Json, File, Line);

    /// <summary>Gets how many bytes of the files were read.</summary>
    public long Position => _done + (_reader?.Position ?? 0);

    /// <summary>Goes to the next record.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Read()
    {
        while (_reader is not null || Open())
        {
            if (_pieces && ReadPiece())
            {
                return true;
            }

            if (!_reader!.Read())
            {
                Close();
            }
            else if (ReadLine())
            {
                return true;
            }
        }

        return false;
    }

    public void Dispose() => _reader?.Dispose();

    private bool Open()
    {
        while (_next < files.Count)
        {
            LogFile file = files[_next++];
            try
            {
                _reader = new LineReader(file);
                return true;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                unreadable.Add(file.Path, 0, 0, file.Length, exception.Message);
            }
        }

        return false;
    }

    private void Close()
    {
        if (_reader!.Failure is { } failure)
        {
            unreadable.Add(File.Path, Line, _reader.Offset, 0, failure);
        }

        _done += _reader.Position;
        _reader.Dispose();
        _reader = null;
    }

    private bool ReadLine()
    {
        _piece = 0;
        _pieceLength = _reader!.Current.Length;
        if (_reader.Length > _pieceLength)
        {
            unreadable.Add(File.Path, Line, _reader.Offset, _reader.Length, TooLong);
            return false;
        }

        if (Table.Read(Json) is null)
        {
            return true;
        }

        // From here on the line is damaged.
        _pieceLength = 0;
        _pieces = true;
        return ReadPiece();
    }

    private bool ReadPiece()
    {
        ReadOnlySpan<byte> line = _reader!.Current;
        while ((_piece += _pieceLength) < line.Length)
        {
            int next = line[(_piece + 1)..].IndexOf(RecordStart);
            _pieceLength = next < 0 ? line.Length - _piece : next + 1;
            ReadOnlySpan<byte> piece = Json;
            if (Table.Read(piece) is not { } reason)
            {
                return true;
            }

            if (!piece.Trim(" \t\r"u8).IsEmpty)
            {
                reason = !piece.ContainsAnyExcept((byte)0) ? Nul : next < 0 && _reader.IsUnended ? CutOff : reason;
                unreadable.Add(File.Path, Line, _reader.Offset + _piece, piece.Length, reason);
            }
        }

        _pieces = false;
        return false;
    }
}
