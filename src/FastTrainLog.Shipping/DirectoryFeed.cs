using FastTrainLog.Reading;
using FastTrainLog.Shipping.Cursors;
using FastTrainLog.Sinks;

namespace FastTrainLog.Shipping;

/// <summary>Reads a log directory from a cursor on, batch by batch.</summary>
/// <param name="source">The directory.</param>
/// <param name="reader">The name by which the log knows this reader.</param>
internal sealed class DirectoryFeed(ShipSource source, string reader) : IDisposable
{
    // A file that cannot be opened for lack of descriptors can be soon; one without permission holds nothing up for ever.
    private const int MostRefusals = 20;

    private LogReader? _reader;
    private IReadOnlyList<LogFile> _lastFiles = [];
    private long _unreadable;
    private readonly HashSet<(string File, string Reason)> _damagedFiles = [];
    private string? _givenUp;
    private int _refusals;
    private bool _hasRead;

    /// <summary>Gets whether a file could not be opened or its key is missing, which is tried again.</summary>
    public bool IsHeldUp { get; private set; }

    /// <summary>Gets what is to be told about the reading.</summary>
    public List<(ShipNoticeKind Kind, string Message)> Notices { get; } = [];

    /// <summary>Adds the next records to a buffer.</summary>
    /// <param name="progress">The cursor, which the reading moves: it is stored only when the batch is done.</param>
    /// <param name="buffer">The buffer.</param>
    /// <param name="limits">The size of a batch.</param>
    /// <returns>Whether the cursor has moved, even if only over damage.</returns>
    public bool TryFill(DirectoryProgress progress, RecordBuffer buffer, BatchLimits limits)
    {
        bool hasMoved = false;
        IsHeldUp = false;
        try
        {
            if (_reader is null && !BeginPass(progress))
            {
                return false;
            }

            while (buffer.Count < limits.Records && buffer.Bytes < limits.Bytes)
            {
                if (!_reader!.Read())
                {
                    hasMoved |= CountUnreadable(progress);
                    EndPass();
                    break;
                }

                hasMoved = _hasRead = true;
                if (progress.Take(_reader, out ShipPosition position, out long leftOut))
                {
                    buffer.Add(_reader.Current, position);
                }

                if (leftOut > 0)
                {
                    Lose(progress, leftOut, 0, $"{leftOut} records of {_reader.Current.File.Path} were deleted before they were shipped");
                }
            }
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            // A directory that is gone, a share that is away, a file replaced while it was read: the next pass finds what is there.
            Notices.Add((ShipNoticeKind.Unreadable, $"{source.Directory} cannot be read now, which is tried again: {exception.Message}"));
            EndPass();
            _lastFiles = [];
        }

        return hasMoved | CountUnreadable(progress);
    }

    /// <summary>Gives up the reading in progress; the next one begins at the cursor that it is given.</summary>
    public void Restart()
    {
        EndPass();
        _lastFiles = [];
    }

    public void Dispose() => EndPass();

    /// <summary>Measures what is yet to be shipped from a captured cursor on.</summary>
    public static ShipBacklog Measure(string directory, DirectoryProgress progress)
    {
        const long MostCounted = 16 << 20;
        if (!Directory.Exists(directory))
        {
            return new ShipBacklog(0, 0, null);
        }

        using var reader = new LogReader(directory, progress);
        reader.Open();
        progress.EndOpening();
        LineReader[] files = [.. progress.Opened];
        long bytes = files.Sum(static file => Math.Max(0, file.File.Length - file.Position));
        long before = files.Sum(static file => file.Position);
        (long counted, long records) = (0, 0);
        DateTime? oldest = null;
        while (counted < MostCounted && reader.Read())
        {
            StoredRecord record = reader.Current;
            if (progress.Take(reader, out _, out _))
            {
                oldest = oldest is null || record.Time < oldest ? record.Time : oldest;
                counted += record.Utf8Json.Length + 1;
                records++;
            }
        }

        if (counted >= MostCounted)
        {
            records = (long)(records * Math.Max(1, bytes / (double)Math.Max(1, reader.BytesRead - before)));
        }

        return new ShipBacklog(bytes, records, oldest);
    }

    private bool BeginPass(DirectoryProgress progress)
    {
        if (!Directory.Exists(source.Directory))
        {
            return false;
        }

        // To list the files costs less than to open them.
        IReadOnlyList<LogFile> files = LogFile.Find(source.Directory);
        if (files.SequenceEqual(_lastFiles))
        {
            return false;
        }

        _lastFiles = files;
        _reader = new LogReader(source.Directory, progress);
        _unreadable = 0;
        _reader.Open();
        // One that was waited for in vain is not waited for again.
        if (_reader.Refusal is { } refusal && refusal != _givenUp)
        {
            _refusals++;
            _givenUp = _refusals >= MostRefusals ? refusal : null;
            IsHeldUp = true;
            Notices.Add((ShipNoticeKind.Unreadable, $"A log file cannot be opened, and is tried again: {refusal}"));
            EndPass();
            _lastFiles = [];
            return false;
        }

        _refusals = 0;
        if (progress.MissingKey is { } missing)
        {
            // A person can mend that, and nothing is lost meanwhile: a shipper that went on would never come back to the file.
            IsHeldUp = true;
            Notices.Add((ShipNoticeKind.Unreadable, $"The log is not shipped until a key is there, which is tried again. {missing}. To ship the rest without that file, move it away."));
            EndPass();
            _lastFiles = [];
            return false;
        }

        // What the log says that it had to delete includes the file that the cursor was in.
        long lost = Math.Max(progress.EndOpening(), LogReaderMark.TakeLost(source.Directory, reader));
        if (lost > 0)
        {
            Lose(progress, 0, lost, $"Log files were deleted before they were shipped: {lost} bytes are lost");
        }

        return true;
    }

    private void EndPass()
    {
        _reader?.Dispose();
        _reader = null;
        if (_hasRead)
        {
            // What was read may have been changed meanwhile, which only another look tells.
            _lastFiles = [];
            _hasRead = false;
        }
    }

    private void Lose(DirectoryProgress progress, long records, long bytes, string message)
    {
        progress.Count(counters => counters with { LostRecords = counters.LostRecords + records, LostBytes = counters.LostBytes + bytes });
        Notices.Add((ShipNoticeKind.Lost, $"{message}. Raise TrainLogOptions.MaxTotalBackupSize, or ship faster."));
    }

    private bool CountUnreadable(DirectoryProgress progress)
    {
        if (_reader is null || _reader.Unreadable.Count == _unreadable)
        {
            return false;
        }

        // A file that is damaged as a whole, or ends early, is met again at each look.
        long more = _reader.Unreadable.Count - _unreadable;
        more -= _reader.Unreadable.Places.Skip((int)Math.Min(int.MaxValue, _unreadable)).Count(place => (place.Line == 0 || place.Length == 0) && !Note(place));
        _unreadable = _reader.Unreadable.Count;
        if (more == 0)
        {
            return false;
        }

        progress.Count(counters => counters with { Unreadable = counters.Unreadable + more });
        string where = _reader.Unreadable.Places is [.., { } last] ? $": {last.File}, line {last.Line}: {last.Reason}" : string.Empty;
        Notices.Add((ShipNoticeKind.Unreadable, $"{more} pieces of {source.Directory} are not records, and are not shipped{where}"));
        return true;
    }

    private bool Note(UnreadableLine damage)
    {
        const int Most = 1000;
        if (_damagedFiles.Count == Most)
        {
            _damagedFiles.Clear();
        }

        return _damagedFiles.Add((damage.File, damage.Reason));
    }
}
