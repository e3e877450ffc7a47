using FastTrainLog.Sinks;

namespace FastTrainLog.Reading;

/// <summary>Reads the records of one log in order: its rotated files, the oldest first, then the current one.</summary>
/// <remarks>
/// A line that is not a record is counted and skipped. If records are on one line with each other or with incomplete pieces, as after
/// a kill in the middle of a write, the line is split where a record begins: pieces are counted, complete records are read.
/// </remarks>
internal sealed class LogCursor : IDisposable
{
    private const string TooLong = "it is longer than 8 MiB";
    private const string CutOff = "it is cut off at the end of the file";
    private const string Nul = "it is NUL bytes";

    // Long enough for a record's time and the first of its names, which identify a file.
    private const int ShortestTelling = 64;

    private static ReadOnlySpan<byte> RecordStart => "{\"timestamp\":\""u8;

    private readonly UnreadableLines _unreadable;
    private readonly IReadingPlace? _place;
    private readonly Stack<LineReader> _opened = new();
    private readonly List<(LogFile File, string Reason)> _refused = [];
    private readonly ReadBlocks _blocks;
    private readonly RecordTable _table = new(new LineLayouts());
    private LineReader? _reader;
    private long _done;
    private int _piece;
    private int _pieceLength;
    private bool _pieces;
    private LinePosition _position;
    private LinePosition _before;

    /// <summary>Opens the files.</summary>
    /// <param name="files">The files, from the oldest to the newest.</param>
    /// <param name="unreadable">Counts damage.</param>
    /// <param name="names">The names that records share.</param>
    /// <param name="place">The place at which the reading begins in each file; null for the beginning.</param>
    public LogCursor(IReadOnlyList<LogFile> files, UnreadableLines unreadable, NameTable names, IReadingPlace? place = null)
    {
        _unreadable = unreadable;
        _place = place;
        _blocks = new ReadBlocks(place?.ReadsAhead ?? true);
        Names = names;
        Table = _table;

        // From the newest on, in the direction of a rotation: with a concurrent rotation a file may be found twice, but none is missed. The reduced
        // oldest files are merged in the same direction: until the older one is deleted, the newer one begins with it.
        byte[] newer = [];
        foreach (LogFile file in files.Reverse())
        {
            if (_place?.IsRead(file) == true)
            {
                break;
            }

            if (TryOpen(file) is { } reader)
            {
                byte[] beginning = reader.Beginning();
                // The file may have been appended to in between.
                bool isSame = Math.Min(newer.Length, beginning.Length) >= ShortestTelling
                    && (beginning.AsSpan().StartsWith(newer) || (file.IsCompressed && newer.AsSpan().StartsWith(beginning)));
                newer = beginning;
                if (isSame || _place?.Begin(reader) == false)
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

    /// <summary>Gets what the record was read as.</summary>
    public RecordTable Table { get; private set; }

    public NameTable Names { get; }

    public LogFile File => _reader!.File;

    public long Line => _reader!.Line;

    public ReadOnlySpan<byte> Json => _reader!.Current.Slice(_piece, _pieceLength);

    /// <summary>Gets the record.</summary>
    public StoredRecord Record => new(Table, Names, Json, File, Line);

    /// <summary>Gets the reader of the file that the record is in.</summary>
    public LineReader Reader => _reader!;

    /// <summary>Gets where the record is in its file.</summary>
    public long Offset => _reader!.Offset + _reader.Length - _reader.Current.Length + _piece;

    /// <summary>Gets where to continue if everything up to this record is done with: before its line, if the line has more of them.</summary>
    public LinePosition Next => IsAtEndOfLine ? _position : _before;

    /// <summary>Gets whether nothing follows this record on its line.</summary>
    public bool IsAtEndOfLine => !_pieces || _piece + _pieceLength >= _reader!.Current.Length;

    /// <summary>Gets whether a file no longer existed when it was opened: deleted, or merged into the next one.</summary>
    public bool HasMissed { get; private set; }

    /// <summary>Gets why a file that exists could not be opened; null if all could.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Gets the number of bytes read from the files.</summary>
    public long Position => _done + (_reader?.Position ?? 0);

    /// <summary>Moves to the next record.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Read()
    {
        while (_reader is not null || Open())
        {
            if (_pieces && ReadPiece())
            {
                return true;
            }

            if (!_reader!.Read() || (_reader.IsUnended && _place?.LeavesUnended(_reader, IsRecord()) == true))
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
            return new LineReader(file, _blocks);
        }
        catch (FileNotFoundException) when (BackupEncoding.FindReplacement(file.Path) is { } replacement)
        {
            // It has been compressed or reduced since it was found.
            return TryOpen(file with { Path = replacement, IsCompressed = true });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            HasMissed |= exception is FileNotFoundException;
            Refusal ??= exception is FileNotFoundException ? null : exception.Message;
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
        bool isOpen = _opened.TryPop(out _reader);
        _position = _reader?.Next ?? default;
        return isOpen;
    }

    private void Close()
    {
        if (_reader!.Failure is { } failure)
        {
            Note(0, _reader.Offset, failure);
        }

        _done += _reader.Position;
        _place?.End(_reader, _position);
        _reader.Dispose();
        _reader = null;
    }

    private void Note(long length, long offset, string reason)
    {
        _unreadable.Add(File.Path, Line, offset, length, reason);
        _reader!.Damages++;
    }

    private bool IsRecord() => !_reader!.IsTooLong && (_reader.Record is not null || _table.Read(_reader.Current) is null);

    private bool ReadLine()
    {
        _before = _position;
        _position = _reader!.IsUnended ? new LinePosition(_reader.Offset + _reader.Length, _reader.Line) : _reader.Next;
        _piece = 0;
        _pieceLength = _reader.Current.Length;
        if (_reader.IsTooLong)
        {
            Note(_reader.Length, _reader.Offset, TooLong);
            return false;
        }

        if (_reader.Record is { } read)
        {
            Table = read;
            return true;
        }

        Table = _table;
        if (Table.Read(Json) is null)
        {
            return true;
        }

        // From this position on the line is damaged.
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

            // What was read before the error that stopped the reading is told with that.
            if (!piece.Trim(" \t\r"u8).IsEmpty && (next >= 0 || _reader.Failure is null || !_reader.IsUnended))
            {
                reason = !piece.ContainsAnyExcept((byte)0) ? Nul : next < 0 && _reader.IsUnended ? CutOff : reason;
                Note(piece.Length, _reader.Offset + _reader.Length - line.Length + _piece, reason);
            }
        }

        _pieces = false;
        return false;
    }
}
