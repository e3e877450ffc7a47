using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using FastTrainLog.Platform;
using FastTrainLog.Records;
using FastTrainLog.Redaction;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Frontend;

/// <summary>What the frontend and the backend share: the pages, the threads that fill them, and the channel of sealed ones.</summary>
internal sealed class LogPipeline
{
    /// <summary>The pages of the backend, which reports that a log is full, so it needs pages that the log's users cannot take.</summary>
    public const int OwnPages = 4;

    private const int EndedRuns = 4;

    // For the library's own categories, and for those of runs: a program that has made too many of its own still logs to these.
    private const int OwnLoggers = 8192;

    private static readonly TimeSpan Hurried = TimeSpan.FromMilliseconds(1);

    /// <summary>Whether the calling thread must not wait for a page: a sink's thread, for which the backend may be waiting.</summary>
    [ThreadStatic]
    public static bool MayNotWait;

    /// <summary>Whether the calling thread is passing a record on to the loggers of a host: what they pass back is in the log already.</summary>
    [ThreadStatic]
    public static bool IsForwarding;

    private static int Pipelines;

    private readonly PageStore _store;
    private readonly PagePool _pool;
    private readonly PagePool _ownPool;
    private readonly Channel<Page> _sealed;
    private readonly WakeSignal _wake = new();
    private readonly AutoResetEvent _pageFreed = new(false);
    private readonly FullPolicy _policy;
    private readonly LogLevel _dropBelow;
    private readonly TimeSpan _blockTimeout;
    private readonly int _wakeThreshold;
    private readonly Lock _registration = new();
    private ThreadBuffer[] _buffers = [];
    private TrainLogger[] _loggers = [];
    private int _loggerCount;
    private RunContext[] _runs = [];
    private int _runCount;
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();
    private volatile bool _watchesFlow;
    private int _wakePending;
    private int _bufferIds;
    private volatile bool _closed;
    private volatile bool _hurries;
    private int _wishesForPages;

    /// <summary>Initializes a pipeline.</summary>
    /// <param name="settings">Its settings.</param>
    /// <param name="createStore">Creates the store of a number of pages, which the pipeline then owns.</param>
    public LogPipeline(PipelineSettings settings, Func<int, PageStore> createStore)
    {
        Redactors = settings.Redactors;
        _policy = settings.FullPolicy;
        _dropBelow = settings.DropBelow;
        _blockTimeout = settings.BlockTimeout;
        int initialPages = settings.Pages;
        int capacity = _policy == FullPolicy.Grow ? settings.MaxPages : initialPages;
        _store = createStore(capacity + OwnPages);
        Drops = new DropCounter(_store);
        var memory = new PageMemory(_store);
        _pool = new PagePool(memory, 0, capacity);
        _ownPool = new PagePool(memory, capacity, OwnPages);
        if (_store.OutlivesProcess)
        {
            CallSite.Observe(_store.AddCallSite);
        }

        _sealed = PagePool.CreateChannel(capacity + OwnPages);
        PageCapacity = capacity;
        _wakeThreshold = Math.Max(1, initialPages / 16);
        OwnLogger = CreateLogger(LogCategories.System, LogLevel.Warning);
        Activity.CurrentChanged += OnActivityChanged;
        if (Activity.Current is not null)
        {
            WatchFlow();
        }
    }

    /// <summary>Gets the pipeline's identifier in the process, from 1 on.</summary>
    public int Id { get; } = Interlocked.Increment(ref Pipelines);

    /// <summary>Gets the logger that the backend itself reports through; closing does not silence it.</summary>
    public TrainLogger OwnLogger { get; }

    /// <summary>Gets the redactors of classified values.</summary>
    public RedactorTable Redactors { get; }

    /// <summary>Gets the counts of dropped records.</summary>
    public DropCounter Drops { get; }

    /// <summary>Gets the number of pages that may exist.</summary>
    public int PageCapacity { get; }

    public bool IsClosed => _closed;

    /// <summary>Gets or sets the backend's thread.</summary>
    public Thread? BackendThread { get; set; }

    public ThreadBuffer[] Buffers => Volatile.Read(ref _buffers);

    /// <summary>Gets the loggers by their identifiers.</summary>
    public TrainLogger[] Loggers => Volatile.Read(ref _loggers);

    /// <summary>Gets the runs that are in progress, and the latest of those that have ended.</summary>
    public RunContext[] Runs => Volatile.Read(ref _runs);

    /// <summary>Gets or sets where the scopes of Microsoft.Extensions.Logging are kept: here, unless a host keeps them.</summary>
    public IExternalScopeProvider Scopes
    {
        get => Volatile.Read(ref _scopes);
        set
        {
            Volatile.Write(ref _scopes, value);
            // The host does not report when it begins one.
            WatchFlow();
        }
    }

    /// <summary>Gets whether calls check for an activity and for scopes.</summary>
    public bool WatchesFlow => _watchesFlow;

    /// <summary>Begins a scope of this library.</summary>
    public IDisposable PushScope(object? state)
    {
        WatchFlow();
        return Scopes.Push(state);
    }

    /// <summary>Makes calls check for an activity and for scopes from here on: there are some.</summary>
    public void WatchFlow()
    {
        if (_watchesFlow)
        {
            return;
        }

        lock (_registration)
        {
            // Last: a thread that sees it set does not wait here and may log through any of them at once.
            foreach (TrainLogger logger in AllLoggers())
            {
                logger.WatchFlow();
            }

            _watchesFlow = true;
        }

        Activity.CurrentChanged -= OnActivityChanged;
    }

    public int SealedPages => _sealed.Reader.Count;

    /// <summary>Gets whether few pages are free, so that calls are about to wait or to drop their records.</summary>
    public bool IsShortOfPages => FreePages <= PageCapacity / 8;

    /// <summary>Gets the number of pages that are neither a thread's, nor handed to one, nor waiting to be written.</summary>
    public int FreePages => _pool.FreePages;

    public TrainLogger CreateLogger(string category, LogLevel minimumLevel, RunContext? run = null, LoggerOrigin origin = LoggerOrigin.Direct)
    {
        lock (_registration)
        {
            int id = _loggerCount;
            int most = run is null && !LogCategories.All.Contains(category) ? RecordLayout.MaxLoggers - OwnLoggers : RecordLayout.MaxLoggers;
            if (id >= most)
            {
                throw new InvalidOperationException($"A log has at most {most} loggers of categories, and '{category}' exceeds that; use fewer categories.");
            }

            var logger = new TrainLogger(this, id, category, _closed ? LogLevel.None : minimumLevel, run, origin);
            _store.AddLogger(id, category, run);
            if (id == _loggers.Length)
            {
                TrainLogger[] more = new TrainLogger[Math.Max(16, 2 * id)];
                _loggers.CopyTo(more, 0);
                Volatile.Write(ref _loggers, more);
            }

            _loggers[id] = logger;
            _loggerCount++;
            return logger;
        }
    }

    /// <summary>Begins a run: what is logged from here on until it is ended belongs to it, unless another is in progress too.</summary>
    public RunContext BeginRun(string id, int rank, int worldSize)
    {
        lock (_registration)
        {
            var run = new RunContext(_runCount++, id, rank, worldSize, TickClock.Now());
            _store.AddRun(run);
            // Records of a run that has just ended may still be in the pipeline; those of one that ended long ago are not.
            RunContext[] ended = [.. _runs.Where(r => r.EndTicks != long.MaxValue).SkipLast(EndedRuns)];
            Volatile.Write(ref _runs, [.. _runs.Except(ended), run]);
            return run;
        }
    }

    public void EndRun(RunContext run)
    {
        lock (_registration)
        {
            run.EndTicks = TickClock.Now();
            _store.AddRunEnd(run);
        }
    }

    public int NextBufferId() => Interlocked.Increment(ref _bufferIds);

    public void Register(ThreadBuffer buffer)
    {
        lock (_registration)
        {
            Volatile.Write(ref _buffers, [.. _buffers, buffer]);
        }
    }

    public void Unregister(ThreadBuffer buffer)
    {
        lock (_registration)
        {
            Volatile.Write(ref _buffers, Array.FindAll(_buffers, b => b != buffer));
        }
    }

    /// <summary>Ends the store of the pages.</summary>
    /// <param name="isDrained">Whether all that they hold is written.</param>
    public void EndStore(bool isDrained)
    {
        CallSite.Forget(_store.AddCallSite);
        _store.End(isDrained);
    }

    /// <summary>Sets the level of a category's loggers, those of runs too, unless the pipeline is closed.</summary>
    public void SetLevel(string category, LogLevel level) => SetLevels(name => name == category ? level : null);

    /// <summary>Sets the levels of loggers by their categories, unless the pipeline is closed.</summary>
    public void SetLevels(Func<string, LogLevel?> levelOf)
    {
        lock (_registration)
        {
            foreach (TrainLogger logger in AllLoggers().Where(logger => !_closed && logger != OwnLogger && !logger.IsHosts))
            {
                if (levelOf(logger.Category) is { } level)
                {
                    logger.SetLevel(level);
                }
            }
        }
    }

    /// <summary>Switches all loggers off; log calls do nothing from here on.</summary>
    public void Close()
    {
        Activity.CurrentChanged -= OnActivityChanged;
        lock (_registration)
        {
            _closed = true;
            foreach (TrainLogger logger in AllLoggers().Where(logger => logger != OwnLogger))
            {
                logger.SetLevel(LogLevel.None);
            }
        }
    }

    /// <summary>Ends the wait of <see cref="WaitForWork"/>. Costs microseconds: below Error level it is called only when pages run out.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref _wakePending, 1) == 0)
        {
            _wake.Set();
        }
    }

    /// <summary>Makes the backend check for work every millisecond from here on: the process may end at any moment.</summary>
    public void Hurry()
    {
        _hurries = true;
        Wake();
    }

    public void WaitForWork(TimeSpan timeout)
    {
        _wake.Wait(_hurries ? Hurried : timeout);
        // Must be visible to all before this thread checks for work: a thread that found a wake pending had set its work before.
        Interlocked.Exchange(ref _wakePending, 0);
    }

    /// <summary>Passes a full page to the backend, which has handed its thread no other.</summary>
    public void Submit(Page page)
    {
        // The channel has a slot for every page of both pools.
        bool written = _sealed.Writer.TryWrite(page);
        Debug.Assert(written, "A sealed page found no place in the channel.");
        // A thread may also have filled many that the backend had handed to it.
        if (_sealed.Reader.Count >= _wakeThreshold || page.Sequence - page.Owner!.ReadSequence >= _wakeThreshold)
        {
            Wake();
        }
    }

    /// <summary>Gets how many pages may be handed to threads before they need them: none if few are free.</summary>
    public int PagesToHand => Math.Clamp(FreePages - (PageCapacity / 2), 0, _wakeThreshold);

    /// <summary>Takes a page to hand it to a thread; called by the backend.</summary>
    public bool TryRentToHand([NotNullWhen(true)] out Page? page) => _pool.TryRent(out page);

    /// <summary>Gets whether a page may be followed by pages that are handed to its thread: those of the backend's own thread are not.</summary>
    public bool CanBeHanded(Page page) => page.Pool == _pool;

    /// <summary>Returns the page, of those that were handed to threads, whose memory holds a record.</summary>
    public unsafe Page HandedPageAt(byte* record) => _pool.At(record);

    /// <summary>Maps pages before they are used.</summary>
    public void PreparePages() => _pool.PrepareAhead();

    public bool TryTakeSealed([NotNullWhen(true)] out Page? page) => _sealed.Reader.TryRead(out page);

    /// <summary>Notes whether a call has found no free page since the last time.</summary>
    public bool TakeWishForPages() => Volatile.Read(ref _wishesForPages) != 0 && Interlocked.Exchange(ref _wishesForPages, 0) != 0;

    public void Return(Page page)
    {
        page.Pool.Return(page);
        _pageFreed.Set();
    }

    /// <summary>Takes a free page for a record, or drops and counts the record according to the policy.</summary>
    public bool TryRentPage(int loggerId, LogLevel level, [NotNullWhen(true)] out Page? page)
    {
        if (Thread.CurrentThread == BackendThread ? _ownPool.TryRent(out page) : TryRentForUser(level, out page))
        {
            return true;
        }

        Drop(loggerId, level);
        return false;
    }

    /// <summary>Counts a record as dropped.</summary>
    public void Drop(int loggerId, LogLevel level) => Drops.Add(Loggers[loggerId], level);

    /// <summary>Takes a page of several pieces for a large record, if enough consecutive ones are free now.</summary>
    public bool TryRentLargePage(int pieces, [NotNullWhen(true)] out Page? page)
    {
        page = null;
        return Thread.CurrentThread == BackendThread ? _ownPool.TryRent(pieces, out page) : !_closed && _pool.TryRent(pieces, out page);
    }

    private IEnumerable<TrainLogger> AllLoggers() => _loggers.Take(_loggerCount);

    private void OnActivityChanged(object? sender, ActivityChangedEventArgs change) => WatchFlow();

    private bool TryRentForUser(LogLevel level, [NotNullWhen(true)] out Page? page)
    {
        page = null;
        if (_closed)
        {
            return false;
        }

        if (_pool.TryRent(out page))
        {
            return true;
        }

        if (Interlocked.Exchange(ref _wishesForPages, 1) == 0)
        {
            // Pages of threads that sleep or have ended can be reclaimed, even if there is nothing to write.
            Wake();
        }

        return !MayNotWait && MayWait(level) && TryWaitForPage(out page);
    }

    private bool MayWait(LogLevel level) => _policy switch
    {
        FullPolicy.DropNewest => false,
        FullPolicy.DropBelow => level >= _dropBelow,
        FullPolicy.Block or FullPolicy.Grow => true,
        _ => throw new UnreachableException(),
    };

    private bool TryWaitForPage([NotNullWhen(true)] out Page? page)
    {
        long deadline = Environment.TickCount64 + (long)_blockTimeout.TotalMilliseconds;
        while (true)
        {
            Volatile.Write(ref _wishesForPages, 1);
            Wake();
            if (_pool.TryRent(out page))
            {
                // One signal may have been for several pages: pass it on to the next waiter.
                _pageFreed.Set();
                return true;
            }

            long left = deadline - Environment.TickCount64;
            if (left <= 0 || _closed)
            {
                return false;
            }

            _pageFreed.WaitOne(TimeSpan.FromMilliseconds(Math.Min(left, 50)));
        }
    }
}
