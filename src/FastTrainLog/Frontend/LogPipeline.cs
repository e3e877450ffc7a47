using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using FastTrainLog.Journals;
using FastTrainLog.Records;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Frontend;

/// <summary>What the frontend and the backend share: the pages, the threads that fill them, and the channel of sealed ones.</summary>
internal sealed class LogPipeline
{
    // The backend reports troubles of a full log, so it needs pages that the log's users cannot take.
    private const int OwnPages = 4;
    private const int EndedRuns = 4;

    /// <summary>Whether the calling thread must not wait for a page: a sink's thread, for which the backend may be waiting.</summary>
    [ThreadStatic]
    public static bool MayNotWait;

    private static int Pipelines;

    private readonly PagePool _pool;
    private readonly PagePool _ownPool = new(OwnPages);
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
    private RunContext[] _runs = [];
    private int _runCount;
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();
    private volatile bool _watchesFlow;
    private int _wakePending;
    private int _bufferIds;
    private volatile bool _closed;

    public LogPipeline(TrainLogOptions options, Func<int, Journal?> createJournal)
    {
        Redactors = new Redaction.RedactorTable(options.Redactors);
        _policy = options.FullPolicy;
        _dropBelow = options.DropBelowLevel;
        _blockTimeout = options.BlockTimeout;
        int initialPages = (int)(options.BufferBytes / Page.Size);
        int capacity = _policy == FullPolicy.Grow ? (int)(options.MaxBufferBytes / Page.Size) : initialPages;
        Journal = createJournal(capacity);
        _pool = new PagePool(capacity, Journal);
        if (Journal is not null)
        {
            CallSite.Observe(Journal.AddCallSite);
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

    /// <summary>Gets what classified values are redacted by.</summary>
    public Redaction.RedactorTable Redactors { get; }

    /// <summary>Gets the counts of dropped records.</summary>
    public DropCounter Drops { get; } = new();

    /// <summary>Gets the number of pages that may exist.</summary>
    public int PageCapacity { get; }

    /// <summary>Gets the journal that the pages are part of, or null.</summary>
    public Journal? Journal { get; }

    public bool IsClosed => _closed;

    /// <summary>Gets or sets the backend's thread.</summary>
    public Thread? BackendThread { get; set; }

    public ThreadBuffer[] Buffers => Volatile.Read(ref _buffers);

    public TrainLogger[] Loggers => Volatile.Read(ref _loggers);

    /// <summary>Gets the runs that are under way, and the latest of those that have ended.</summary>
    public RunContext[] Runs => Volatile.Read(ref _runs);

    /// <summary>Gets or sets where the scopes of Microsoft.Extensions.Logging are kept: here, unless a host keeps them.</summary>
    public IExternalScopeProvider Scopes
    {
        get => Volatile.Read(ref _scopes);
        set
        {
            Volatile.Write(ref _scopes, value);
            // The host does not tell when it begins one.
            WatchFlow();
        }
    }

    /// <summary>Gets whether calls look for an activity and for scopes.</summary>
    public bool WatchesFlow => _watchesFlow;

    /// <summary>Begins a scope of our own.</summary>
    public IDisposable PushScope(object? state)
    {
        WatchFlow();
        return Scopes.Push(state);
    }

    /// <summary>Has calls look for an activity and for scopes from here on: there are some.</summary>
    public void WatchFlow()
    {
        if (_watchesFlow)
        {
            return;
        }

        lock (_registration)
        {
            // Last: whoever sees it set, and so need not wait here, may log through any of them at once.
            Array.ForEach(_loggers, logger => logger.WatchFlow());
            _watchesFlow = true;
        }

        Activity.CurrentChanged -= OnActivityChanged;
    }

    public int SealedPages => _sealed.Reader.Count;

    public TrainLogger CreateLogger(string category, LogLevel minimumLevel, RunContext? run = null)
    {
        lock (_registration)
        {
            int id = _loggers.Length;
            if (id >= RecordLayout.MaxLoggers)
            {
                throw new InvalidOperationException(
                    $"A pipeline has at most {RecordLayout.MaxLoggers} loggers, and '{category}' is one more; use fewer categories.");
            }

            var logger = new TrainLogger(this, id, category, _closed ? LogLevel.None : minimumLevel, run);
            Journal?.AddLogger(id, category, run);
            Volatile.Write(ref _loggers, [.. _loggers, logger]);
            return logger;
        }
    }

    /// <summary>Begins a run: what is logged from here on until it is ended belongs to it, unless another is under way too.</summary>
    public RunContext BeginRun(string id, int rank, int worldSize)
    {
        lock (_registration)
        {
            var run = new RunContext(_runCount++, id, rank, worldSize, TickClock.Now());
            Journal?.AddRun(run);
            // Records of a run that has ended may still be on their way; those of one that ended long ago are not.
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
            Journal?.AddRunEnd(run);
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

    /// <summary>Ends the journal: deletes it when all it holds is written, else leaves it to be recovered.</summary>
    public void EndJournal(bool isDrained)
    {
        if (Journal is null)
        {
            return;
        }

        CallSite.Forget(Journal.AddCallSite);
        if (isDrained)
        {
            Journal.Delete();
        }
        else
        {
            Journal.Close();
        }
    }

    /// <summary>Sets the level of a category's loggers, those of runs too, unless the pipeline is closed.</summary>
    public void SetLevel(string category, LogLevel level) => SetLevels(name => name == category ? level : null);

    /// <summary>Sets the levels of loggers by their categories, unless the pipeline is closed.</summary>
    public void SetLevels(Func<string, LogLevel?> levelOf)
    {
        lock (_registration)
        {
            foreach (TrainLogger logger in _loggers.Where(logger => !_closed && logger != OwnLogger))
            {
                if (levelOf(logger.Category) is { } level)
                {
                    logger.SetLevel(level);
                }
            }
        }
    }

    /// <summary>Switches all loggers off; what is logged from here on does nothing.</summary>
    public void Close()
    {
        Activity.CurrentChanged -= OnActivityChanged;
        lock (_registration)
        {
            _closed = true;
            foreach (TrainLogger logger in _loggers.Where(logger => logger != OwnLogger))
            {
                logger.SetLevel(LogLevel.None);
            }
        }
    }

    /// <summary>Ends the wait of <see cref="WaitForWork"/>. Costs microseconds: below Error level nobody calls it but for want of pages.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref _wakePending, 1) == 0)
        {
            _wake.Set();
        }
    }

    public void WaitForWork(TimeSpan timeout)
    {
        _wake.Wait(timeout);
        // Seen by all before this thread looks for what to do: whoever set it, and found a wake pending, set that before.
        Interlocked.Exchange(ref _wakePending, 0);
    }

    public void Submit(Page page)
    {
        // The channel has a place for every page of both pools.
        bool written = _sealed.Writer.TryWrite(page);
        Debug.Assert(written, "A sealed page found no place in the channel.");
        if (_sealed.Reader.Count >= _wakeThreshold)
        {
            Wake();
        }
    }

    /// <summary>Maps pages ahead of their use.</summary>
    public void PreparePages() => _pool.PrepareAhead();

    public bool TryTakeSealed([NotNullWhen(true)] out Page? page) => _sealed.Reader.TryRead(out page);

    public void Return(Page page)
    {
        page.Pool.Return(page);
        _pageFreed.Set();
    }

    /// <summary>Takes a free page for a record, or counts the record as dropped by the policy.</summary>
    public bool TryRentPage(int loggerId, LogLevel level, [NotNullWhen(true)] out Page? page)
    {
        if (Thread.CurrentThread == BackendThread ? _ownPool.TryRent(out page) : TryRentForUser(level, out page))
        {
            return true;
        }

        Drops.Add(loggerId, level);
        return false;
    }

    private void OnActivityChanged(object? sender, ActivityChangedEventArgs change) => WatchFlow();

    private bool TryRentForUser(LogLevel level, [NotNullWhen(true)] out Page? page)
    {
        page = null;
        return !_closed && (_pool.TryRent(out page) || (!MayNotWait && MayWait(level) && TryWaitForPage(out page)));
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
            Wake();
            if (_pool.TryRent(out page))
            {
                // One signal may have stood for several pages: pass it on to the next waiter.
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
