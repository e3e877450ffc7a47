using System.Collections.Concurrent;
using System.Diagnostics;
using FastTrainLog.Backend;
using FastTrainLog.Frontend;
using FastTrainLog.Journals;
using FastTrainLog.Monitoring;
using FastTrainLog.Monitoring.Resources;
using FastTrainLog.Monitoring.Snapshots;
using FastTrainLog.Sinks;
using Microsoft.Extensions.Logging;

namespace FastTrainLog;

/// <summary>A running log: its loggers, its background thread and its sinks.</summary>
/// <remarks>Thread-safe. Dispose it at the end of the run: that writes what is still on its way, within <see cref="TrainLogOptions.ShutdownTimeout"/>.</remarks>
public sealed class TrainLogging : IDisposable, IAsyncDisposable
{
    internal const int MostRunsWithLoggers = 1024;

    // Logs that were ended and are not at their end: what still writes their files must find the names and the journal theirs.
    private static readonly ConcurrentBag<TrainLogging> LeftBehind = [];

    private readonly TrainLogOptions _options;
    private readonly LogPipeline _pipeline;
    private readonly BackendLoop _backend;
    private readonly ConcurrentDictionary<string, TrainLogger> _loggers = new();
    private readonly Lock _creation = new();
    private readonly LogDirectoryClaim? _claim;
    private readonly BackupKeeper? _keeper;
    private readonly ProcessEnds _ends;
    private readonly LogMeters _meters;
    private readonly ResourceSampler? _resources;
    private readonly RunMonitor _monitor = new();
    private int _disposed;

    private TrainLogging(TrainLogOptions options)
    {
        _options = options;
        bool ownFiles = options.EnableFileLogging || options.EnableJsonLogging;
        bool journaled = options.EnableJournal && (ownFiles || options.Sinks.Any(sink => sink.Sink is RollingFileSink));
        // Also where this log keeps none of its own: another's would later cut the files back to before what this one writes.
        using JournalRecovery? recovery = journaled || ownFiles ? JournalRecovery.Begin(options.LogDirectory) : null;
        _claim = ownFiles ? LogDirectoryClaim.Take(options.LogDirectory) : null;
        List<SinkRoute> routes = StandardSinks.Create(options, _claim);
        try
        {
            RecoveredJournals = recovery?.Finish(routes, options.EnableSymbols) ?? [];
        }
        catch
        {
            routes.ForEach(route => route.DisposeSink());
            _claim?.Dispose();
            throw;
        }

        // Behind the files: what a snapshot shows has been written.
        routes.Add(new SinkRoute("snapshots", _monitor, filter: null, isOurs: true));

        var clock = new TickConverter();
        string? journalTrouble = null;
        _pipeline = new LogPipeline(options, pages => journaled ? TryCreateJournal(pages, clock, out journalTrouble) : null);
        _backend = new BackendLoop(_pipeline, routes, clock, options);
        _meters = new LogMeters(_pipeline, _backend, RecoveredJournals);
        _pipeline.Redactors.Enter();
        _keeper = KeepBackups(routes);
        _ends = new ProcessEnds(this);
        ReportStart(journalTrouble);
        _resources = options.ResourceInterval > TimeSpan.Zero
            ? new ResourceSampler(GetLogger(LogCategories.System), options.LogDirectory, options.ResourceInterval)
            : null;
    }

    internal TrainLogOptions Options => _options;

    /// <summary>Sets where the scopes of Microsoft.Extensions.Logging are kept.</summary>
    internal void KeepScopesIn(IExternalScopeProvider scopes) => _pipeline.Scopes = scopes;

    /// <summary>Gets what the GPUs were doing at the last sample.</summary>
    internal GpuLoad Gpu => _resources?.Gpu ?? GpuLoad.Unknown;

    /// <summary>Gets whether resources are sampled.</summary>
    internal bool SamplesResources => _resources is not null;

    internal RunContext BeginRun(string id, int rank, int worldSize) => _pipeline.BeginRun(id, rank, worldSize);

    internal RunState Remember(RunContext run) => _monitor.Begin(run);

    internal RunSnapshot SnapshotOf(RunState run) => _monitor.Snapshot(run);

    internal void EndRun(RunContext run) => _pipeline.EndRun(run);

    /// <summary>Returns the logger of a category for a run's own records.</summary>
    internal TrainLogger GetRunLogger(string category, RunContext run)
    {
        // Loggers have numbers of 16 bits. After thousands of runs in one log their records are known by their time alone.
        if (run.Number >= MostRunsWithLoggers)
        {
            return GetLogger(category);
        }

        lock (_creation)
        {
            return _pipeline.CreateLogger(category, _options.LevelOf(category), run);
        }
    }

    /// <summary>Takes over the levels of other options.</summary>
    internal void TakeLevels(TrainLogOptions from) => ChangeLevels(options =>
    {
        options.MinimumLevel = from.MinimumLevel;
        options.CategoryLevels.Clear();
        foreach ((string category, LogLevel level) in from.CategoryLevels)
        {
            options.CategoryLevels.Add(category, level);
        }
    });

    /// <summary>Gets what was recovered at the start of processes that had logged to the same directory and were killed.</summary>
    public IReadOnlyList<RecoveredJournal> RecoveredJournals { get; }

    /// <summary>Gets the number of records dropped so far, by the policy or because the log was closing.</summary>
    public long DroppedRecords => _pipeline.Drops.Total;

    /// <summary>Gets the number of records written so far.</summary>
    public long WrittenRecords => _backend.Written;

    /// <summary>Starts a log.</summary>
    /// <param name="options">The options.</param>
    /// <returns>The log; dispose it to end it.</returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="IOException">The log directory cannot be created or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The log directory may not be written.</exception>
    public static TrainLogging Create(TrainLogOptions? options = null)
    {
        options ??= new TrainLogOptions();
        options.Validate();
        return new TrainLogging(options);
    }

    /// <summary>Starts a log.</summary>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The log; dispose it to end it.</returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static TrainLogging Create(Action<TrainLogOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = new TrainLogOptions();
        configure(options);
        return Create(options);
    }

    /// <summary>Returns the logger of a category.</summary>
    /// <param name="category">The category: one of <see cref="LogCategories"/>, or one of your own.</param>
    /// <returns>The logger, the same one each time.</returns>
    public TrainLogger GetLogger(string category)
    {
        ArgumentException.ThrowIfNullOrEmpty(category);
        if (_loggers.TryGetValue(category, out TrainLogger? logger))
        {
            return logger;
        }

        lock (_creation)
        {
            return _loggers.GetOrAdd(category, name => _pipeline.CreateLogger(name, _options.LevelOf(name)));
        }
    }

    /// <summary>Changes the level of a category and of those below it, up to a dot; loggers that exist follow at once.</summary>
    /// <param name="category">The category.</param>
    /// <param name="level">The level below which nothing is logged; <see cref="LogLevel.None"/> switches it off.</param>
    public void SetLevel(string category, LogLevel level)
    {
        ArgumentException.ThrowIfNullOrEmpty(category);
        ChangeLevels(options => options.CategoryLevels[category] = level);
    }

    /// <summary>Changes the level of all categories that have none of their own; loggers that exist follow at once.</summary>
    /// <param name="level">The level below which nothing is logged; <see cref="LogLevel.None"/> switches them off.</param>
    public void SetMinimumLevel(LogLevel level) => ChangeLevels(options => options.MinimumLevel = level);

    /// <summary>Copies what the log remembers of its runs: progress, configuration, checkpoints, validations, errors, performance, operations, series.</summary>
    /// <remarks>
    /// Any thread may call it at any time; nobody who logs waits for it. It shows what has been written: what was logged within the last
    /// <see cref="TrainLogOptions.FlushInterval"/> may be missing, unless <see cref="Flush"/> comes before. Runs that have ended are forgotten when there are more than 16.
    /// </remarks>
    /// <returns>The runs, as they stood at one moment.</returns>
    public LogSnapshot Snapshot() => _monitor.Snapshot();

    /// <summary>Waits until all that was logged before the call is visible in the files and on the console.</summary>
    /// <param name="timeout">The longest wait; 10 seconds where it is null.</param>
    /// <returns>Whether it was in time.</returns>
    public bool Flush(TimeSpan? timeout = null) => _backend.FlushAsync().Wait(timeout ?? TimeSpan.FromSeconds(10));

    /// <summary>Waits until all that was logged before the call is visible in the files and on the console.</summary>
    /// <param name="cancellationToken">Ends the wait, not the writing.</param>
    /// <returns>The task of it.</returns>
    public Task FlushAsync(CancellationToken cancellationToken = default) => _backend.FlushAsync().WaitAsync(cancellationToken);

    /// <summary>Ends the log: loggers fall silent, what is on its way is written, files are closed; takes at most <see cref="TrainLogOptions.ShutdownTimeout"/>.</summary>
    /// <remarks>A call that another thread is in the middle of may be lost: join the threads that log before.</remarks>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        long start = Stopwatch.GetTimestamp();
        _ends.Dispose();
        _resources?.Dispose();
        SuppressedCalls.Report(_pipeline);
        _pipeline.Close();
        _pipeline.Redactors.Leave();
        bool ended = _backend.Stop(_options.ShutdownTimeout);
        if (!ended)
        {
            StandardError.WriteLine(
                $"FastTrainLog: the last records were not all written within TrainLogOptions.ShutdownTimeout ({_options.ShutdownTimeout}); a file is slow or hangs.");
        }

        _meters.Dispose();
        bool kept = _keeper is null || _keeper.Stop(_options.ShutdownTimeout - Stopwatch.GetElapsedTime(start));
        if (ended)
        {
            _pipeline.EndJournal(isDrained: !_backend.HasFailed);
        }

        if (ended && kept)
        {
            _claim?.Dispose();
        }
        else
        {
            LeftBehind.Add(this);
        }
    }

    /// <summary>Ends the log as <see cref="Dispose"/> does, without holding the calling thread.</summary>
    /// <returns>The task of it.</returns>
    public ValueTask DisposeAsync() => new(Task.Run(Dispose));

    /// <summary>Flushes while the process ends, within the shutdown timeout.</summary>
    internal void FlushAtEnd()
    {
        SuppressedCalls.Report(_pipeline);
        _backend.FlushAsync().Wait(_options.ShutdownTimeout);
    }

    private BackupKeeper? KeepBackups(List<SinkRoute> routes)
    {
        bool deletesOld = _options.MaxBackupAge > TimeSpan.Zero || _options.MaxTotalBackupSize > 0;
        Retention? retention = deletesOld && _claim is not null
            ? new Retention(Path.GetFullPath(_options.LogDirectory), StandardSinks.NamesOf(_options), _claim, _options.MaxBackupAge, _options.MaxTotalBackupSize, TimeProvider.System)
            : null;
        return _options.CompressBackups || retention is not null
            ? new BackupKeeper([.. routes.Select(route => route.Sink).OfType<RollingFileSink>().Select(sink => sink.File.Rotated)], _options.CompressBackups, retention, GetLogger(LogCategories.System))
            : null;
    }

    private void ChangeLevels(Action<TrainLogOptions> change)
    {
        lock (_creation)
        {
            change(_options);
            _pipeline.SetLevels(category => _options.LevelOf(category));
        }
    }

    private Journal? TryCreateJournal(int pages, TickConverter clock, out string? trouble)
    {
        try
        {
            trouble = null;
            return Journal.Create(_options.LogDirectory, pages, clock);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            trouble = exception.Message;
            return null;
        }
    }

    private void ReportStart(string? journalTrouble)
    {
        TrainLogger system = GetLogger(LogCategories.System);
        if (journalTrouble is not null)
        {
            BackendMessages.JournalOff(system, journalTrouble);
        }

        foreach (RecoveredJournal journal in RecoveredJournals)
        {
            if (journal.ProcessId != 0)
            {
                BackendMessages.JournalRecovered(system, journal.Records, journal.ProcessId);
            }

            foreach (string problem in journal.Problems)
            {
                BackendMessages.JournalDamaged(system, journal.Path, problem);
            }
        }
    }
}
