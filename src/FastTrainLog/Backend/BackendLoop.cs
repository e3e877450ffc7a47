using System.Diagnostics;
using FastTrainLog.Frontend;
using FastTrainLog.Journals;
using FastTrainLog.Records;
using FastTrainLog.Sinks;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Backend;

/// <summary>The background thread of a pipeline: reads all threads' pages, orders the records by time and hands them to the sinks.</summary>
/// <remarks>
/// It sleeps for the flush interval and is woken early only by an error, by a flush, and when sealed pages pile up. Records of one
/// thread keep their order; those of different threads are merged by their timestamps.
/// </remarks>
internal sealed class BackendLoop
{
    // Where nothing is logged, all else is looked after this often, in milliseconds: files that somebody deletes, troubles of sinks,
    // threads that have ended. Each is a look at the file system, or at memory that has left the caches.
    private const int LongestIdle = 5000;

    // Counters of two cores may differ by less than this; a flush must not miss a record for it.
    private static readonly long Slack = (long)(TickClock.Frequency / 10_000);

    private readonly LogPipeline _pipeline;
    private readonly SinkRoute[] _routes;
    private readonly TimeSpan _flushInterval;
    private readonly RecordDecoder _decoder;
    private readonly TickConverter _clock;
    private readonly Dictionary<ThreadBuffer, ThreadReader> _readers = [];
    private readonly List<ThreadReader> _live = [];
    private readonly List<ThreadReader> _ready = [];
    private readonly List<Page> _done = [];
    private readonly RollingFile[] _files;
    private readonly int _donePages;
    private readonly TrainLogger _own;
    private readonly Lock _flushGate = new();
    private readonly ManualResetEventSlim _ended = new(false);
    private readonly RecordCounter _written = new();
    private long _lagTicks;
    private FlushRequest? _nextFlush;
    private FlushRequest? _flush;
    private long _lastCycle = long.MinValue;
    private long _oldestInCycle;
    private bool _hasUnsettled = true;
    private long _cycleAt;
    private TimeSpan _timeToDrain;
    private volatile bool _stopping;

    public BackendLoop(LogPipeline pipeline, IReadOnlyList<SinkRoute> routes, TickConverter clock, TrainLogOptions options)
    {
        _pipeline = pipeline;
        _routes = [.. routes];
        _clock = clock;
        _donePages = Math.Clamp(pipeline.PageCapacity / 4, 1, 16);
        _files = [.. _routes.Select(route => route.Sink).OfType<RollingFileSink>().Select(sink => sink.File).Take(JournalLayout.MaxFiles)];
        if (pipeline.Journal is { } journal)
        {
            for (int i = 0; i < _files.Length; i++)
            {
                _files[i].NoteChangesIn(journal, i);
            }

            // Before anything is written: a process killed ahead of its first checkpoint must not have its lines written twice.
            WriteCheckpoint(journal);
        }

        _own = pipeline.OwnLogger;
        _flushInterval = options.FlushInterval;
        Array.ForEach(_routes, route => route.Start(pipeline, options.EnableSymbols));
        _decoder = new RecordDecoder(TimeZoneInfo.Local, options.EnableSymbols);
        var thread = new Thread(Run) { IsBackground = true, Name = "FastTrainLog backend" };
        _pipeline.BackendThread = thread;
        // Not within the activity and the scopes of whoever makes the log.
        thread.UnsafeStart();
    }

    /// <summary>Gets the number of records handed to the sinks.</summary>
    public long Written => _written.Total;

    /// <summary>Gets the records handed to the sinks, by logger and level.</summary>
    public RecordCounter WrittenByLevel => _written;

    /// <summary>Gets the sinks.</summary>
    public IReadOnlyList<SinkRoute> Routes => _routes;

    /// <summary>Gets how old the oldest record was that the last cycle wrote, when it came to it.</summary>
    public TimeSpan Lag => TimeSpan.FromTicks(Volatile.Read(ref _lagTicks));

    /// <summary>Asks for all that is committed now to be written, and returns the task of it.</summary>
    public Task FlushAsync()
    {
        lock (_flushGate)
        {
            if (_ended.IsSet)
            {
                return Task.CompletedTask;
            }

            _nextFlush ??= new FlushRequest();
            _pipeline.Wake();
            return _nextFlush.Task;
        }
    }

    /// <summary>Ends the loop once all that is committed is written, then the sinks' own threads, and waits for them.</summary>
    /// <returns>Whether the loop ended within the time.</returns>
    public bool Stop(TimeSpan timeout)
    {
        long start = Stopwatch.GetTimestamp();
        // The other half is for what the sinks leave to report, and for closing them.
        _timeToDrain = timeout / 2;
        _stopping = true;
        _pipeline.Wake();
        bool ended = _ended.Wait(timeout);
        foreach (SinkRoute route in _routes)
        {
            if (ended || !route.IsOnBackendThread)
            {
                TimeSpan left = timeout - Stopwatch.GetElapsedTime(start);
                route.Close(left > TimeSpan.Zero ? left : TimeSpan.Zero);
            }
        }

        return ended;
    }

    /// <summary>Gets whether the loop ended by an error of its own, and so left records unwritten.</summary>
    public bool HasFailed { get; private set; }

    private void Run()
    {
        try
        {
            RunCycles();
        }
        catch (Exception exception)
        {
            // An error in here is ours; the training loop must not die of it. What was logged stays in the journal.
            HasFailed = true;
            _pipeline.Close();
            StandardError.WriteLine($"FastTrainLog: the backend failed and nothing more is logged; the next start recovers what is in the journal. Please report this: {exception}");
        }

        lock (_flushGate)
        {
            _ended.Set();
        }

        // Also the one that an error met.
        _flush?.Arrive();
        TakeFlush()?.Arrive();
    }

    private void RunCycles()
    {
        _pipeline.PreparePages();
        while (true)
        {
            bool stopping = _stopping;
            _flush = TakeFlush();
            // After so long a time the files are looked at, written to or not.
            bool mustSettle = _flush is not null || Environment.TickCount64 - _cycleAt >= LongestIdle;
            if (!mustSettle && !stopping && HasNothingToDo())
            {
                _pipeline.WaitForWork(_flushInterval);
                continue;
            }

            RunCycle(mustSettle);
            if (_flush is not null)
            {
                foreach (SinkRoute route in _routes)
                {
                    route.Join(_flush);
                }

                _flush.Arrive();
                _flush = null;
            }

            if (stopping)
            {
                break;
            }

            if (_pipeline.SealedPages == 0)
            {
                _pipeline.WaitForWork(_flushInterval);
            }
        }

        long start = Stopwatch.GetTimestamp();
        foreach (SinkRoute route in _routes)
        {
            TimeSpan left = _timeToDrain - Stopwatch.GetElapsedTime(start);
            route.Drain(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }

        // What the last cycle had to report of itself, and of the sinks.
        RunCycle(mustSettle: true);
    }

    private bool HasNothingToDo() =>
        !_hasUnsettled
        && _done.Count == 0
        && _pipeline.SealedPages == 0
        && _pipeline.Buffers.Length == _live.Count
        && !_live.Exists(static reader => reader.TryPeek())
        && !Array.Exists(_routes, static route => route.MustFlushAgain);

    private FlushRequest? TakeFlush()
    {
        lock (_flushGate)
        {
            FlushRequest? flush = _nextFlush;
            _nextFlush = null;
            return flush;
        }
    }

    private void RunCycle(bool mustSettle)
    {
        _cycleAt = Environment.TickCount64;
        ReportTroubles();
        long until = NextLimit();
        _oldestInCycle = _lastCycle;
        TakePages();
        MergeUntil(until);
        Volatile.Write(ref _lagTicks, (long)((_lastCycle - _oldestInCycle) / TickClock.Frequency * TimeSpan.TicksPerSecond));
        RetireDeadThreads();
        if (mustSettle
            || _hasUnsettled
            || _done.Count > 0
            || Array.Exists(_routes, static route => route.MustFlushAgain))
        {
            Settle();
        }
    }

    /// <summary>Makes what was written visible and safe, and only then gives the pages that it came from back.</summary>
    private void Settle()
    {
        foreach (SinkRoute route in _routes)
        {
            route.Flush();
        }

        if (_pipeline.Journal is { } journal)
        {
            WriteCheckpoint(journal);
        }

        foreach (RollingFile file in _files)
        {
            file.Settle();
        }

        foreach (Page page in _done)
        {
            _pipeline.Return(page);
        }

        _done.Clear();
        _pipeline.PreparePages();
        _hasUnsettled = false;
    }

    private void WriteCheckpoint(Journal journal)
    {
        CheckpointWriter checkpoint = journal.BeginCheckpoint();
        foreach (Page page in _done)
        {
            if (page.Pool.IsJournaled)
            {
                checkpoint.AddPage(page, CheckpointWriter.WholePage);
            }
        }

        foreach (ThreadReader reader in _live)
        {
            if (reader.Page is { Pool.IsJournaled: true } page)
            {
                checkpoint.AddPage(page, reader.Consumed);
            }
        }

        foreach (RollingFile file in _files)
        {
            checkpoint.AddFile(file.Length, file.Rotations, file.Replacements);
        }

        checkpoint.SetStep(_pipeline.Runs is [.., var latest] ? latest : null);
        journal.Commit(checkpoint, _clock);
    }

    /// <summary>Returns the ticks up to which this cycle writes: endless logging must not make an endless cycle.</summary>
    private long NextLimit()
    {
        long now = _clock.Calibrate();
        // A counter that ran backwards was reset, by a hibernation say: what bears its old, higher ticks must not wait for them. Nor must
        // anything once the loggers are silent: a record whose core counts ahead of this one would be left behind.
        long until = now < _lastCycle || _stopping ? long.MaxValue : now + Slack;
        _lastCycle = now;
        return until;
    }

    private void TakePages()
    {
        // Whether a thread lives is asked before its records are read: what it wrote before its end is then all visible.
        foreach (ThreadReader reader in _live)
        {
            reader.ThreadHasEnded = !reader.Buffer.Thread.IsAlive;
        }

        foreach (ThreadBuffer buffer in _pipeline.Buffers)
        {
            ReaderOf(buffer);
        }

        while (_pipeline.TryTakeSealed(out Page? page))
        {
            // Its thread may have come, and filled the page, since the buffers were listed.
            ReaderOf(page.Owner!).Enqueue(page);
        }
    }

    private ThreadReader ReaderOf(ThreadBuffer buffer)
    {
        if (!_readers.TryGetValue(buffer, out ThreadReader? reader))
        {
            reader = new ThreadReader(buffer, _pipeline.PageCapacity, _done);
            _readers.Add(buffer, reader);
            _live.Add(reader);
        }

        return reader;
    }

    /// <summary>Writes all records up to a time in the order of their timestamps, each thread's in its own order.</summary>
    private void MergeUntil(long until)
    {
        _ready.Clear();
        foreach (ThreadReader reader in _live)
        {
            if (reader.TryPeek())
            {
                _ready.Add(reader);
            }
        }

        while (_ready.Count > 0)
        {
            int first = 0;
            long second = until;
            for (int i = 1; i < _ready.Count; i++)
            {
                if (_ready[i].Ticks < _ready[first].Ticks)
                {
                    second = Math.Min(second, _ready[first].Ticks);
                    first = i;
                }
                else
                {
                    second = Math.Min(second, _ready[i].Ticks);
                }
            }

            if (_done.Count >= _donePages)
            {
                Settle();
            }

            ThreadReader next = _ready[first];
            if (next.Ticks > until)
            {
                return;
            }

            if (!WriteWhileFirst(next, second))
            {
                _ready.RemoveAt(first);
            }
        }
    }

    /// <summary>Writes a thread's records as long as no other thread has an older one.</summary>
    /// <returns>Whether the thread has more.</returns>
    private bool WriteWhileFirst(ThreadReader reader, long second)
    {
        do
        {
            Write(reader);
            reader.Skip();
            if (!reader.TryPeek())
            {
                return false;
            }
        }
        while (reader.Ticks <= second && _done.Count < _donePages);
        return true;
    }

    private unsafe void Write(ThreadReader reader)
    {
        CallSite site = CallSite.FromId(RecordLayout.CallSiteId(reader.Word));
        if (site == ThreadContext.Site)
        {
            reader.TakeContext();
            return;
        }

        TrainLogger logger = _pipeline.Loggers[RecordLayout.LoggerId(reader.Word)];
        RunContext? run = logger.Run ?? RunContext.At(_pipeline.Runs, reader.Ticks);
        _decoder.Decode(
            reader.Record, site, logger.Category, reader.Buffer.ThreadId, reader.KeepOrder(_clock.ToUtcTicks(reader.Ticks)), run, reader.Context);
        var record = new LogRecord(_decoder);
        foreach (SinkRoute route in _routes)
        {
            route.Write(record);
        }

        _hasUnsettled = true;
        _written.Add(logger.Id, _decoder.Level);
        _oldestInCycle = Math.Min(_oldestInCycle, reader.Ticks);
    }

    private void RetireDeadThreads()
    {
        for (int i = _live.Count - 1; i >= 0; i--)
        {
            ThreadReader reader = _live[i];
            if (reader.ThreadHasEnded && !reader.TryPeek())
            {
                reader.Release();
                _pipeline.Unregister(reader.Buffer);
                _readers.Remove(reader.Buffer);
                _live.RemoveAt(i);
            }
        }
    }

    private void ReportTroubles()
    {
        foreach (((int logger, LogLevel level), long count) in _pipeline.Drops.TakePending())
        {
            BackendMessages.RecordsDropped(_own, count, _pipeline.Loggers[logger].Category, level);
        }

        foreach (SinkRoute route in _routes)
        {
            if (route.TakeFailure() is { } failure)
            {
                BackendMessages.SinkFailed(_own, route.Name, route.Lost, failure);
            }

            ReportHang(route);
        }
    }

    private void ReportHang(SinkRoute route)
    {
        TimeSpan? hangs = route.Hangs();
        if (hangs is { } time && !route.IsReportedHanging)
        {
            BackendMessages.SinkHangs(_own, route.Name, time.TotalSeconds);
        }
        else if (hangs is null && route.IsReportedHanging)
        {
            BackendMessages.SinkGoesOn(_own, route.Name, route.Lost);
        }

        route.IsReportedHanging = hangs is not null;
    }
}
