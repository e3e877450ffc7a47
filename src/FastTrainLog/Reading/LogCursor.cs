namespace FastTrainLog.Reading;

/// <summary>Goes through the records of one log: its rotated files, the oldest first, then the one that is written.</summary>
/// <remarks>
/// A line that is no record is counted and passed over. Where records stand on one line with each other or with torn pieces, as after
/// a kill in the middle of a write, the line is taken apart where a record begins: pieces are counted, whole records are read.
/// </remarks>
internal sealed class LogCursor : IDisposable
{
    private const string TooLong = "it is longer than 8 MiB";
    private const string CutOff = "it is cut off at the end of the file";
    private const string Nul = "it is NUL bytes";

    // A record's time and the first of its names.
    private const int ShortestTelling = 64;

    private static ReadOnlySpan<byte> RecordStart => "{\"timestamp\":\""u8;

    private readonly UnreadableLines _unreadable;
    private readonly Stack<LineReader> _opened = new();
    private readonly List<(LogFile File, string Reason)> _refused = [];
    private LineReader? _reader;
    private long _done;
    private int _piece;
    private int _pieceLength;
    private bool _pieces;

    /// <summary>Opens the files.</summary>
    /// <param name="files">The files, from the oldest to the newest.</param>
    /// <param name="unreadable">Where damage is counted.</param>
    /// <param name="names">The names that records share.</param>
    public LogCursor(IReadOnlyList<LogFile> files, UnreadableLines unreadable, NameTable names)
    {
        _unreadable = unreadable;
        Names = names;

        // From the newest on, the way that a rotation moves them: one that comes meanwhile shows a file twice, and hides none.
        byte[] newer = [];
        foreach (LogFile file in files.Reverse())
        {
            if (TryOpen(file) is { } reader)
            {
                byte[] beginning = reader.Beginning();
                // It may have been written to in between.
                bool isSame = newer.Length >= ShortestTelling && beginning.AsSpan().StartsWith(newer);
                newer = beginning;
                if (isSame)
                {
                    reader.Dispose();
                }
                else
                {
                    _opened.Push(reader);
                }
            }
        }
    }

    public RecordTable Table { get; } = new();

    public NameTable Names { get; }

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

    public void Dispose()
    {
        _reader?.Dispose();
        while (_opened.TryPop(out LineReader? reader))
        {
            reader.Dispose();
        }
    }

    private LineReader? TryOpen(LogFile file)
    {
        try
        {
            return new LineReader(file);
        }
        catch (FileNotFoundException) when (!file.IsCompressed && System.IO.File.Exists(file.Path + ".gz"))
        {
            // It was compressed since it was found.
            return TryOpen(file with { Path = file.Path + ".gz", IsCompressed = true });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _refused.Add((file, exception.Message));
            return null;
        }
    }

    private bool Open()
    {
        foreach ((LogFile file, string reason) in _refused)
        {
            _unreadable.Add(file.Path, 0, 0, file.Length, reason);
        }

        _refused.Clear();
        return _opened.TryPop(out _reader);
    }

    private void Close()
    {
        if (_reader!.Failure is { } failure)
        {
            _unreadable.Add(File.Path, Line, _reader.Offset, 0, failure);
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
            _unreadable.Add(File.Path, Line, _reader.Offset, _reader.Length, TooLong);
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
                _unreadable.Add(File.Path, Line, _reader.Offset + _piece, piece.Length, reason);
            }
        }

        _pieces = false;
        return false;
    }
}
