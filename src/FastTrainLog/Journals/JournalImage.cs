using System.Runtime.InteropServices;
using FastTrainLog.Files;
using FastTrainLog.Platform;
using FastTrainLog.Records;
using FastTrainLog.Redaction;
using Microsoft.Win32.SafeHandles;

namespace FastTrainLog.Journals;

/// <summary>A journal that a process left behind, checked piece by piece.</summary>
/// <remarks>Nothing in the file is trusted: what is not complete is skipped and reported in <see cref="Problems"/>.</remarks>
internal sealed unsafe class JournalImage : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly byte[] _front;
    private readonly TickConverter _startClock;
    private readonly JournalDescriptions _descriptions;
    private readonly JournalPages _pages;
    private readonly RecordScrubber? _scrubber;
    private List<JournaledRecord>? _records;
    private UntoldDrops? _drops;

    private JournalImage(string path, SafeFileHandle file)
    {
        Path = path;
        _file = file;
        byte[] header = ReadUpTo(JournalLayout.HeaderBytes);
        Header = JournalHeader.Read(header, path, out _startClock);
        _front = ReadUpTo(Header.Layout.DescriptionsAt);
        long length = RandomAccess.GetLength(file);
        if (length < Header.Layout.TotalBytes)
        {
            Problems.Add($"the file has {length} bytes of {Header.Layout.TotalBytes}");
        }

        _descriptions = new JournalDescriptions(file, Header.Layout.DescriptionsAt, Problems);
        _scrubber = ScrubberOf(Header, _descriptions, path);
        Checkpoint = Checkpoint.Read(Header.Layout, _front, Problems);
        if (Checkpoint is not null && _descriptions.Runs.TryGetValue(Checkpoint.Run, out RunContext? run))
        {
            run.LatestStep = Checkpoint.Step;
        }

        _pages = new JournalPages(file, Header.Layout, _descriptions, Checkpoint, Problems);
    }

    /// <summary>Gets the path of the file.</summary>
    public string Path { get; }

    /// <summary>Gets the journal's header.</summary>
    public JournalHeader Header { get; }

    /// <summary>Gets the last complete checkpoint, or null.</summary>
    public Checkpoint? Checkpoint { get; }

    /// <summary>Gets the time of the last checkpoint, or, if there is none, of the log's start.</summary>
    public DateTime CheckpointTime => new(ClampUtc(Clock.BaseUtc), DateTimeKind.Utc);

    /// <summary>Gets the time of the oldest record that is not in the files according to the checkpoint; the latest time there is if there is none.</summary>
    public DateTime FirstRecordTime => Records is [var first, ..] ? new(ClampUtc(Clock.ToUtcTicks(first.Ticks)), DateTimeKind.Utc) : DateTime.MaxValue;

    /// <summary>Gets whether the machine was booted again since the process ran: after a loss of power the journal may have parts of several moments.</summary>
    public bool IsOfAnotherBoot => Header.Machine.Boot.Length > 0 && Machine.This.Boot.Length > 0 && Header.Machine.Boot != Machine.This.Boot;

    /// <summary>Gets the files that the process wrote, by their numbers.</summary>
    public IReadOnlyDictionary<int, LogFileDescription> Files => _descriptions.Files;

    /// <summary>Gets what could not be read, and where.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>Reads a journal.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="file">The file; it must stay open as long as this.</param>
    /// <exception cref="InvalidDataException">It is not a journal of this version, or its header is damaged.</exception>
    /// <exception cref="IOException">The system cannot read it.</exception>
    public static JournalImage Read(string path, SafeFileHandle file) => new(path, file);

    /// <summary>Returns what happened to a file since the checkpoint.</summary>
    public FileChanges ChangesOf(int file)
    {
        long at = Header.Layout.ChangesAt(file);
        return file < Header.Layout.Files && at + FileChanges.Bytes <= _front.Length ? MemoryMarshal.Read<FileChanges>(_front.AsSpan((int)at)) : default;
    }

    /// <summary>Notes what a recovery determined about the changes of a file, so that a later recovery finds the same.</summary>
    public void NoteChanges(int file, FileChanges changes)
    {
        Span<byte> at = _front.AsSpan((int)Header.Layout.ChangesAt(file), FileChanges.Bytes);
        MemoryMarshal.Write(at, changes);
        RandomAccess.Write(_file, at, Header.Layout.ChangesAt(file));
    }

    /// <summary>Passes every record after the last checkpoint to a decoder and a writer, in the order of the timestamps; those of each thread in their own order.</summary>
    /// <returns>The number of records.</returns>
    public long Replay(RecordDecoder decoder, Action write)
    {
        RunContext[] runs = [.. _descriptions.Runs.Values];
        TickConverter clock = Clock;
        long count = 0;
        foreach (JournaledRecord record in Records)
        {
            RunContext? run = _descriptions.LoggerRuns.GetValueOrDefault(record.Logger) ?? RunContext.At(runs, record.Ticks);
            _scrubber?.ScrubInPlace(record.Site, (byte*)record.Place);
            if (record.Context != 0)
            {
                _scrubber?.ScrubInPlace(ContextSite.Site, (byte*)record.Context);
            }

            decoder.Decode((byte*)record.Place, record.Site, record.Category, record.Thread, ClampUtc(clock.ToUtcTicks(record.Ticks)), run, (byte*)record.Context);
            write();
            count++;
        }

        return count;
    }

    /// <summary>Returns the runs that were not ended; to be called after <see cref="Replay"/>.</summary>
    public IEnumerable<KilledRun> KilledRuns() => _pages.Traces.KilledRuns(Clock, ClampUtc);

    public void Dispose()
    {
        _drops?.Dispose();
        _pages.Dispose();
    }

    private List<JournaledRecord> Records => _records ??= FindRecords();

    private TickConverter Clock => Checkpoint?.Clock ?? _startClock;

    // What must not be seen is not written, rather than written as it is.
    private static RecordScrubber? ScrubberOf(JournalHeader header, JournalDescriptions descriptions, string path)
    {
        if (!header.IsScrubbed)
        {
            return null;
        }

        try
        {
            return descriptions.Scrubbed is { } rules ? new RecordScrubber(new TextScrubber(rules)) : throw new ArgumentException("it is missing or damaged");
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException($"{path} has texts in which something is to be masked, and what that is cannot be read, so its records are not written: {exception.Message}", exception);
        }
    }

    private List<JournaledRecord> FindRecords()
    {
        // The sort is stable, and a thread's ticks never fall: its records stay in order.
        List<JournaledRecord> records = [.. _pages.FindRecords().OrderBy(static record => record.Ticks)];
        JournalLayout layout = Header.Layout;
        ReadOnlySpan<byte> rows = _front.Length < layout.DescriptionsAt ? [] : _front.AsSpan((int)layout.DropsAt..(int)layout.DescriptionsAt);
        _drops = new UntoldDrops(rows, Checkpoint?.Number ?? 0, _descriptions.Categories, records, Math.Max(Clock.Base, records is [.., var last] ? last.Ticks : 0), Problems);
        records.AddRange(_drops.Reports);
        return records;
    }

    // A damaged clock must not give an invalid date.
    private static long ClampUtc(long ticks) => Math.Clamp(ticks, DateTime.UnixEpoch.Ticks, DateTime.MaxValue.Ticks);

    private byte[] ReadUpTo(long count)
    {
        byte[] bytes = new byte[Math.Min(count, RandomAccess.GetLength(_file))];
        int at = 0;
        for (int read; at < bytes.Length; at += read)
        {
            read = RandomAccess.Read(_file, bytes.AsSpan(at), at);
            if (read == 0)
            {
                break;
            }
        }

        return at == bytes.Length ? bytes : bytes[..at];
    }
}
