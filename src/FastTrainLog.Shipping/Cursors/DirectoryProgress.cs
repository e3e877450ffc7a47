using FastTrainLog.Reading;
using FastTrainLog.Sinks;
using FastTrainLog.State;

namespace FastTrainLog.Shipping.Cursors;

/// <summary>How far the logs of a directory were read, and what became of their records: the content of a cursor.</summary>
internal sealed class DirectoryProgress : IReadingPlace
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, LogProgress> _logs = [];
    private readonly Dictionary<LineReader, OpenedFile> _opened = [];
    private ShipCounters _counters;
    private bool _isTorn;

    /// <summary>Gets what was counted; any thread may ask.</summary>
    public ShipCounters Counters
    {
        get
        {
            lock (_gate)
            {
                return _counters;
            }
        }
    }

    // A shipper in the process of a training has one thread, of a low priority. Threads of the pool would compete with the training's own, and cost more processor time.
    public bool ReadsAhead => false;

    /// <summary>Gets the file whose last line was left in the last reading, because it is no record yet, and the bytes of that line; null if there is none.</summary>
    public (string Path, long Bytes)? Left { get; private set; }

    /// <summary>Gets which file cannot be decrypted for lack of its key, and why; null if none.</summary>
    public string? MissingKey { get; private set; }

    /// <summary>Gets the files that are open and have something to read.</summary>
    public IEnumerable<LineReader> Opened => _opened.Keys;

    /// <summary>Gets the time of the last record read of each log, in UTC ticks.</summary>
    public IEnumerable<(int Log, long Ticks)> ReadUpTo => _logs.Values.Select(static log => (log.Log, log.Ticks));

    /// <summary>Counts.</summary>
    public void Count(Func<ShipCounters, ShipCounters> change)
    {
        lock (_gate)
        {
            _counters = change(_counters);
        }
    }

    public void Open()
    {
        _opened.Clear();
        (Left, MissingKey) = (null, null);
        foreach (LogProgress log in _logs.Values)
        {
            log.BeginPass();
        }
    }

    // A line that is no record may be in the middle of being written, by the process or by a recovery, unless its file was rotated: then it is damage as any other. A file that cannot be read to its end now may be soon.
    public bool LeavesUnended(LineReader reader, bool isRecord)
    {
        bool isLeft = reader.Failure is not null ? !reader.IsDamaged : reader.File.Backup == 0 && !isRecord;
        Left = isLeft && reader.Failure is null ? (reader.File.Path, reader.Length) : Left;
        return isLeft;
    }

    public bool IsRead(LogFile file) => Of(file.Log).IsFound;

    public bool Begin(LineReader reader)
    {
        MissingKey ??= reader.MissingKey is { } reason ? $"{reader.File.Path}: {reason}" : null;
        ulong? identity = LogFileIdentity.Of(reader);
        LogProgress log = Of(reader.File.Log);
        if (identity is { } known && !log.Begin(reader, known))
        {
            return false;
        }

        _opened[reader] = new OpenedFile(log, identity, IsReduced: log.HasBegun && reader.File.IsCompressed && ReducedFile.Is(reader.File.Path));
        return true;
    }

    /// <summary>Notes that all files are open.</summary>
    /// <returns>The bytes known to be lost.</returns>
    public long EndOpening() => _logs.Values.Sum(static log => log.EndOpening());

    /// <summary>Notes the record that a reader is at.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="position">Where the record is.</param>
    /// <param name="leftOut">How many records were deleted where it is, if it says that.</param>
    /// <returns>Whether it is to be shipped: it was not shipped before.</returns>
    public bool Take(LogReader reader, out ShipPosition position, out long leftOut)
    {
        LogCursor cursor = reader.Cursor;
        StoredRecord record = reader.Current;
        OpenedFile file = Identified(cursor.Reader);
        ulong identity = file.Identity!.Value;
        position = new ShipPosition(file.Log.Log, file.Log.ContentOf(identity), cursor.Offset);
        leftOut = 0;
        bool wasShipped = false;
        if (file.IsReduced)
        {
            wasShipped = file.Log.WasShippedBefore(record.Time.Ticks);
            // The note has the time of the first record that was deleted.
            if (record.EventId == BackupMessages.RecordsLeftOut)
            {
                leftOut = record.GetInt64("Records"u8) ?? 0;
                wasShipped = false;
            }
        }

        return file.Log.Take(record, identity, position.Offset, cursor.Next) && !wasShipped;
    }

    public void End(LineReader reader, LinePosition position)
    {
        if (position.Offset > 0)
        {
            OpenedFile file = Identified(reader);
            _isTorn |= !file.Log.IsIntact(reader, file.Identity!.Value);
            file.Log.End(reader, file.Identity!.Value, position);
        }

        _opened.Remove(reader);
    }

    /// <summary>Returns whether a recovery changed what was read since the last call, while it was read.</summary>
    public bool IsTorn()
    {
        foreach ((LineReader reader, OpenedFile file) in _opened)
        {
            _isTorn |= file.Identity is { } identity && !file.Log.IsIntact(reader, identity);
        }

        return _isTorn;
    }

    public void Carry(StateCodec codec)
    {
        codec.Value(ref _counters);
        CarryLogs(codec);
    }

    /// <summary>Serialises or deserialises all but the counters.</summary>
    public void CarryLogs(StateCodec codec)
    {
        codec.Dictionary(_logs, log => codec.Value(log), (log, progress) =>
        {
            progress ??= new LogProgress(log);
            progress.Carry(codec);
            return progress;
        });
    }

    private LogProgress Of(int log)
    {
        if (!_logs.TryGetValue(log, out LogProgress? progress))
        {
            progress = new LogProgress(log);
            _logs.Add(log, progress);
        }

        return progress;
    }

    // A file without a complete line has no identity when it is opened, and may have one by the time that it is read.
    private OpenedFile Identified(LineReader reader)
    {
        OpenedFile file = _opened[reader];
        if (file.Identity is null)
        {
            file = _opened[reader] = file with { Identity = LogFileIdentity.Of(reader) ?? throw new InvalidDataException($"{reader.File.Path} was changed while it was read.") };
        }

        return file;
    }

    private readonly record struct OpenedFile(LogProgress Log, ulong? Identity, bool IsReduced);
}
