using System.Diagnostics;
using FastTrainLog.Platform;
using FastTrainLog.Formatting;
using FastTrainLog.Frontend;
using FastTrainLog.Journals;
using FastTrainLog.Records;
using FastTrainLog.Sinks;
using FastTrainLog.Utf8Text;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Backend;

/// <summary>The background thread of a pipeline: reads all threads' pages, orders the records by time and passes them to the sinks.</summary>
/// <remarks>
/// It sleeps for the flush interval and is woken early only by an error, by a flush, and when sealed pages accumulate. Records of one
/// thread keep their order; those of different threads are merged by their timestamps.
/// </remarks>
internal sealed class BackendLoop
{
    // If nothing is logged, all else is checked this often, in milliseconds: files that somebody deletes, failures of sinks,
    // threads that have ended. Each check costs a file system call, or a read of memory that has left the caches.
    internal const int LongestIdle = 5000;

    // How long, and how often, a flush and the end of the log retry files that cannot be written.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(50);

    // Counters of two cores may differ by less than this; a flush must not miss a record because of it.
    private static readonly long Slack = (long)(TickClock.Frequency / 10_000);

    private readonly LogPipeline _pipeline;
    private readonly Journal? _journal;
    private readonly SinkRoute[] _routes;
    private readonly TimeSpan _flushInterval;
    private readonly RecordDecoder _decoder;
    private readonly RecordScrubber? _scrubber;
    private readonly TickConverter _clock;
    private readonly ThreadReaders _threads;
    private readonly TroubleReports _troubles;
    private readonly List<Page> _done = [];
    private readonly CheckpointedFiles _files;
    private readonly int _donePages;
    private readonly Lock _flushGate = new();
    private readonly ManualResetEventSlim _ended = new(false);
    private readonly RecordCounter _written = new();
    private readonly Lock _counting = new();
    private long _lagTicks;
    private FlushRequest? _nextFlush;
    private FlushRequest? _flush;
    private long _flushBegan;
    private int _settleAt;
    private bool _gaveUp;
    private long _lastCycle = long.MinValue;
    private long _oldestInCycle;
    private bool _hasUnsettled = true;
    private long _cycleAt;
    private TimeSpan _timeToDrain;
    private byte[] _scrubbed = [];
    private volatile bool _stopping;

    /// <summary>Starts the loop.</summary>
    /// <param name="pipeline">The pipeline that it reads.</param>
    /// <param name="journal">The journal that the pipeline's pages are in; null if they are plain memory.</param>
    /// <param name="routes">The sinks.</param>
    /// <param name="clock">Turns the ticks of records into times.</param>
    /// <param name="flushInterval">The maximum time that it sleeps if it is not woken.</param>
    /// <param name="style">How lines look.</param>
    /// <param name="scrubber">Masks what no sink may see; null for nothing.</param>
    public BackendLoop(LogPipeline pipeline, Journal? journal, IReadOnlyList<SinkRoute> routes, TickConverter clock, TimeSpan flushInterval, LineStyle style, RecordScrubber? scrubber)
    {
        _scrubber = scrubber;
        _pipeline = pipeline;
        _journal = journal;
        _routes = [.. routes];
        _clock = clock;
        _donePages = Math.Clamp(pipeline.PageCapacity / 4, 1, 16);
        _settleAt = _donePages;
        _files = new CheckpointedFiles(_routes, journal);
        _threads = new ThreadReaders(pipeline, _done);
        _troubles = new TroubleReports(pipeline, journal, _routes);
        if (journal is not null)
        {
            // Before anything is written: a process killed before its first checkpoint must not have its lines written twice.
            WriteCheckpoint(journal);
        }

        _flushInterval = flushInterval;
        Array.ForEach(_routes, route => route.Start(pipeline, style));
        _decoder = LineFormats.CreateDecoder(TimeZoneInfo.Local, style);
        var thread = new Thread(Run) { IsBackground = true, Name = "FastTrainLog backend" };
        _pipeline.BackendThread = thread;
        // Not within the activity and the scopes of the code that creates the log.
        thread.UnsafeStart();
    }

    /// <summary>Gets the number of records passed to the sinks.</summary>
    public long Written => _written.Total;

    /// <summary>Gets the records passed to the sinks, by logger and level.</summary>
    public RecordCounter WrittenByLevel => _written;

    /// <summary>Gets the sinks.</summary>
    public IReadOnlyList<SinkRoute> Routes => _routes;

    /// <summary>Gets the age of the oldest record that the last cycle wrote, when it read it.</summary>
    public TimeSpan Lag => TimeSpan.FromTicks(Volatile.Read(ref _lagTicks));

    /// <summary>Requests a flush of all that is committed now, and returns its task: whether all of it is written.</summary>
    public Task<bool> FlushAsync()
    {
        lock (_flushGate)
        {
            if (_ended.IsSet)
            {
                return Task.FromResult(Unwritten is null && !HasFailed);
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
        // The other half is for the reports of the sinks' losses, and for closing them.
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

    /// <summary>Gets whether the loop ended because of an error of its own, and so left records unwritten.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Gets what kept a file from taking the last records when the loop ended, so that they are left to the journal; null if all are written.</summary>
    public (string File, Exception Reason)? Unwritten { get; private set; }

    /// <summary>Counts as dropped what calls have committed that were in progress when the loop read for the last time.</summary>
    public void CountLateRecords()
    {
        lock (_counting)
        {
            if (_ended.IsSet && !HasFailed && Unwritten is null)
            {
                _threads.TakePages();
                _threads.DropUnread();
            }
        }
    }

    private void Run()
    {
        try
        {
            RunCycles();
        }
        catch (Exception exception)
        {
            // An error in here is a bug of this library and must not end the training loop. What was logged stays in the journal.
            HasFailed = true;
            _pipeline.Close();
            StandardError.WriteLine($"FastTrainLog: the backend failed and nothing more is logged; the next start recovers what is in the journal. Please report this: {exception}");
        }

        lock (_flushGate)
        {
            _ended.Set();
        }

        // Also the one during which an error occurred.
        _flush?.Arrive();
        TakeFlush()?.Arrive();
    }

    private void RunCycles()
    {
        _pipeline.PreparePages();
        while (true)
        {
            bool stopping = _stopping;
            if (_flush is null)
            {
                _flush = TakeFlush();
                _flushBegan = Stopwatch.GetTimestamp();
            }

            // After this time the files are checked even if nothing was written to them.
            bool mustSettle = _flush is not null || Environment.TickCount64 - _cycleAt >= LongestIdle;
            if (!mustSettle && !stopping && HasNothingToDo())
            {
                _pipeline.WaitForWork(_flushInterval);
                continue;
            }

            RunCycle(mustSettle);
            bool triesAgain = _files.HasFailing && !stopping && Stopwatch.GetElapsedTime(_flushBegan) < Patience;
            if (_flush is not null && !triesAgain)
            {
                EndFlush(_flush);
                _flush = null;
            }

            if (stopping)
            {
                break;
            }

            if (_pipeline.SealedPages == 0)
            {
                _pipeline.WaitForWork(_flush is null ? _flushInterval : RetryInterval);
            }
        }

        long start = Stopwatch.GetTimestamp();
        foreach (SinkRoute route in _routes)
        {
            TimeSpan left = _timeToDrain - Stopwatch.GetElapsedTime(start);
            route.Drain(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }

        // Reports about the last cycle and the sinks.
        RunCycle(mustSettle: true);
        while (_files.AreBehind && Stopwatch.GetElapsedTime(start) < (_timeToDrain < Patience ? _timeToDrain : Patience))
        {
            Thread.Sleep(RetryInterval);
            RunCycle(mustSettle: true);
        }

        _gaveUp = true;
        if (_files.AreBehind)
        {
            RunCycle(mustSettle: true);
            LeaveUnwritten();
        }
    }

    private void EndFlush(FlushRequest flush)
    {
        if (_files.HasFailing)
        {
            flush.Fail();
        }

        foreach (SinkRoute route in _routes)
        {
            route.Join(flush);
        }

        flush.Arrive();
    }

    /// <summary>Leaves what the files could not take to the journal, or counts it as dropped if there is none.</summary>
    private void LeaveUnwritten()
    {
        if (_files.FindBehind() is not { } behind)
        {
            return;
        }

        if (_journal is null)
        {
            // The lines that the files hold are counted when they are closed.
            _threads.DropUnread();
            return;
        }

        Unwritten = (behind.Name, behind.File!.Failure!);
        _files.Discard();
    }

    private bool HasNothingToDo() =>
        !_pipeline.TakeWishForPages()
        && !_hasUnsettled
        && _done.Count == 0
        && _pipeline.SealedPages == 0
        && !_threads.HasNews
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
        if (!_files.AreFull)
        {
            _troubles.Report();
        }

        long until = NextLimit();
        _oldestInCycle = _lastCycle;
        _threads.TakePages();
        MergeUntil(until);
        Volatile.Write(ref _lagTicks, (long)((_lastCycle - _oldestInCycle) / TickClock.Frequency * TimeSpan.TicksPerSecond));
        _threads.RetireDead();
        _threads.ShareOutPages(_donePages);
        if (mustSettle
            || _hasUnsettled
            || _done.Count > 0
            || Array.Exists(_routes, static route => route.MustFlushAgain))
        {
            Settle();
        }
    }

    /// <summary>Makes what was written visible and safe, and only then frees its pages.</summary>
    /// <remarks>As long as a file holds lines that it cannot write, no checkpoint is written and no page freed: a recovery would miss them.</remarks>
    private void Settle()
    {
        foreach (SinkRoute route in _routes)
        {
            route.Flush(isAsked: _flush is not null || _stopping);
        }

        if (_files.AreTroubled)
        {
            _files.EndTrouble(isLastCall: _pipeline.IsShortOfPages || _gaveUp);
            if (_files.AreBehind)
            {
                _settleAt = _done.Count + _donePages;
                return;
            }
        }

        _settleAt = _donePages;

        if (_journal is not null)
        {
            WriteCheckpoint(_journal);
        }

        _files.Settle();

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
            if (page.Pool.OutlivesProcess)
            {
                checkpoint.AddPage(page, CheckpointWriter.WholePage);
            }
        }

        foreach (ThreadReader reader in _threads.Live)
        {
            if (reader.Page is { Pool.OutlivesProcess: true } page)
            {
                checkpoint.AddPage(page, reader.Consumed);
            }
        }

        _files.AddTo(ref checkpoint);
        checkpoint.SetStep(_pipeline.Runs is [.., var latest] ? latest : null);
        journal.Commit(checkpoint, _clock);
    }

    /// <summary>Returns the ticks up to which this cycle writes: continuous logging must not cause an endless cycle.</summary>
    private long NextLimit()
    {
        // Only once the journal has the new reading is a record's time converted by it: a recovery that writes the record again gives it the same time.
        if (!_hasUnsettled && _clock.TryCalibrate() && _journal is not null)
        {
            WriteCheckpoint(_journal);
        }

        long now = TickClock.Now();
        // A counter that ran backwards was reset, for example by a hibernation: records with its old, higher ticks must not wait for them. Nor must
        // anything once the loggers are silent: a record of a core whose counter is ahead of this one would never be written.
        long until = now < _lastCycle || _stopping ? long.MaxValue : now + Slack;
        _lastCycle = now;
        return until;
    }

    /// <summary>Writes all records up to a time in the order of their timestamps, each thread's in its own order.</summary>
    private void MergeUntil(long until)
    {
        _threads.BeginMerge();
        while (_threads.TryFindOldest(until, out ThreadReader? next, out long second))
        {
            if (_done.Count >= _settleAt || _files.AreFull)
            {
                Settle();
                if (_files.AreFull)
                {
                    return;
                }
            }

            if (next.Ticks > until)
            {
                return;
            }

            if (!WriteWhileFirst(next, second))
            {
                _threads.LeaveOut(next);
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
        while (reader.Ticks <= second && _done.Count < _settleAt && !_files.AreTroubled);
        return true;
    }

    private unsafe void Write(ThreadReader reader)
    {
        CallSite site = CallSite.FromId(RecordLayout.CallSiteId(reader.Word));
        if (site == ContextSite.Site)
        {
            reader.TakeContext(_scrubber);
            return;
        }

        TrainLogger logger = _pipeline.Loggers[RecordLayout.LoggerId(reader.Word)];
        RunContext? run = logger.Run ?? RunContext.At(_pipeline.Runs, reader.Ticks);
        byte* seen = _scrubber is null ? reader.Record : _scrubber.Scrub(site, reader.Record, ref _scrubbed);
        _decoder.Decode(
            seen, site, logger.Category, reader.Buffer.ThreadId, reader.KeepOrder(_clock.ToUtcTicks(reader.Ticks)), run, reader.Context);
        var record = new LogRecord(_decoder);
        foreach (SinkRoute route in _routes)
        {
            route.Write(record);
        }

        if (site == DropReport.Site && _journal is not null)
        {
            // From the next checkpoint on it is in the files.
            (long count, string category, LogLevel level) = DropReport.Read(reader.Record);
            _journal.TellDrops(count, category, level);
        }

        _hasUnsettled = true;
        _written.Add(logger.Id, _decoder.Level);
        _oldestInCycle = Math.Min(_oldestInCycle, reader.Ticks);
    }
}
