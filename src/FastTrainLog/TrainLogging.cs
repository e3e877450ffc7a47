using System.Collections.Concurrent;
using System.Diagnostics;
using FastTrainLog.Backend;
using FastTrainLog.Encryption;
using FastTrainLog.Formatting;
using FastTrainLog.Frontend;
using FastTrainLog.Journals;
using FastTrainLog.Monitoring;
using FastTrainLog.Monitoring.Resources;
using FastTrainLog.Monitoring.Snapshots;
using FastTrainLog.Platform;
using FastTrainLog.Records;
using FastTrainLog.Recovery;
using FastTrainLog.Redaction;
using FastTrainLog.Sinks;
using FastTrainLog.Resuming;
using FastTrainLog.Utf8Text;
using Microsoft.Extensions.Logging;

namespace FastTrainLog;

/// <summary>A running log: its loggers, its background thread and its sinks.</summary>
/// <remarks>Thread-safe. Dispose it at the end of the run: that writes what is not yet written, within <see cref="TrainLogOptions.ShutdownTimeout"/>.</remarks>
/// <example>
/// <code>
/// using TrainLogging logging = TrainLogging.Create(options => options.LogDirectory = "logs");
/// logging.GetLogger(LogCategories.Main).LogInformation("The data set has {Count} images", 1797);
/// </code>
/// </example>
public sealed class TrainLogging : ITrainLoggerFactory, IDisposable, IAsyncDisposable
{
    /// <summary>The name of the meter for runs and logs.</summary>
    public const string MeterName = "FastTrainLog";

    /// <summary>The name of the source of the activities of runs: the run, its epochs, validations and checkpoints.</summary>
    public const string ActivitySourceName = "FastTrainLog";

    internal const int MostRunsWithLoggers = 1024;

    // Logs that were disposed of and have not finished: they still write their files, so their names and journals must stay theirs.
    private static readonly ConcurrentBag<TrainLogging> LeftBehind = [];

    private readonly TrainLogOptions _options;
    private readonly LogPipeline _pipeline;
    private readonly BackendLoop _backend;
    private Journal? _journal;
    private readonly ConcurrentDictionary<string, TrainLogger> _loggers = new();
    private readonly ConcurrentDictionary<string, TrainLogger> _hostLoggers = new();
    private readonly Lock _creation = new();
    private readonly LogDirectoryClaim? _claim;
    private readonly BackupKeeper? _keeper;
    private readonly LogMeters _meters;
    private readonly ResourceSampler? _resources;
    private readonly RunMonitor _monitor = new();
    private readonly DiskSync? _sync;
    private readonly SnapshotFiles? _snapshots;
    private int _disposed;

    private TrainLogging(TrainLogOptions options)
    {
        _options = options;
        FileSizeSignal.Handle();
        bool ownFiles = options.EnableFileLogging || options.EnableJsonLogging;
        bool journaled = options.EnableJournal && (ownFiles || options.Sinks.Any(sink => sink.Sink is RollingFileSink));
        // Also if this log has no journal: what another log left belongs before what this one writes.
        using JournalRecovery? recovery = journaled || ownFiles ? JournalRecovery.Begin(options.LogDirectory) : null;
        // A later process resumes the runs from these notes.
        RecoveredJournals = recovery?.Recover([.. options.Sinks], options.FileFilters.AsReadOnly(), options.FileMode, new RunNoteSink(options.LogDirectory, options.FileMode)) ?? [];
        List<SinkRoute> routes = [];
        string? journalTrouble = null;
        LeftLog? left = null;
        try
        {
            _claim = ownFiles ? LogDirectoryClaim.Take(options.LogDirectory) : null;
            left = _claim?.TakeOver(RecoveredJournals.Select(journal => journal.Kept).OfType<JournalHeader>().Where(kept => kept.Number == _claim.Number).Select(static kept => new LeftLog(kept.Log, kept.ProcessId, kept.Machine)));
            routes = StandardSinks.Create(options, _claim, recovery?.Mark, IsDirect);
            if (ownFiles)
            {
                routes.Add(new SinkRoute("run notes", new RunNoteSink(options.LogDirectory, options.FileMode), filter: null, isOurs: true));
            }

            // After the files: what a snapshot shows has been written.
            routes.Add(new SinkRoute("snapshots", _monitor, filter: null, isOurs: true));
            if (options.SyncInterval > TimeSpan.Zero)
            {
                _sync = new DiskSync([.. routes.Select(route => route.File).OfType<RollingFile>()], options.SyncInterval, options.ShutdownTimeout);
                routes.Add(new SinkRoute("sync", _sync, filter: null, isOurs: true));
            }

            var clock = new TickConverter();
            RecordScrubber? scrubber = options.ScrubText || options.ScrubPattern.Length > 0 ? new RecordScrubber(new TextScrubber(new ScrubRules(options.ScrubText, options.ScrubPattern))) : null;
            _pipeline = new LogPipeline(
                options.PipelineSettings(),
                pages => (_journal = journaled ? LogStart.TryCreateJournal(options, pages, clock, routes, recovery!.Mark, _claim, scrubber?.Rules, out journalTrouble) : null) ?? (PageStore)new HeapPages(pages));
            _backend = new BackendLoop(_pipeline, _journal, routes, clock, options.FlushInterval, new LineStyle(options.EnableSymbols, options.JsonMessage), scrubber);
        }
        catch
        {
            // Nothing of it may remain: a second attempt must find its names and its directory free.
            routes.ForEach(route => route.DisposeSink());
            _pipeline?.EndStore(isDrained: true);
            _claim?.End();
            _claim?.Dispose();
            throw;
        }

        _meters = new LogMeters(_pipeline, _backend, RecoveredJournals, () => Gpu);
        _monitor.StepDurations = new StepDurations(_meters.Training.StepDuration, _pipeline.OwnLogger);
        _pipeline.Redactors.Enter();
        _sync?.Start(GetLogger(LogCategories.System));
        _keeper = KeepBackups(routes);
        _snapshots = ownFiles && options.SnapshotInterval > TimeSpan.Zero
            ? new SnapshotFiles(_monitor, options.LogDirectory, options.SnapshotInterval, options.FileMode, GetLogger(LogCategories.System))
            : null;
        Runs = new OpenRuns(this);
        ProcessEnds.Add(this);
        LogStart.Report(this, journalTrouble, left);
        _resources = options.ResourceInterval > TimeSpan.Zero
            ? new ResourceSampler(GetLogger(LogCategories.System), options.LogDirectory, options.ResourceInterval)
            : null;
    }

    internal TrainLogOptions Options => _options;

    /// <summary>Occurs when the log's files are complete, with the time that is left of <see cref="TrainLogOptions.ShutdownTimeout"/>.</summary>
    internal event Action<TimeSpan>? FilesEnded;

    /// <summary>Gets the runs that are in progress.</summary>
    internal OpenRuns Runs { get; }

    /// <summary>Sets where the scopes of Microsoft.Extensions.Logging are kept.</summary>
    internal void KeepScopesIn(IExternalScopeProvider scopes) => _pipeline.Scopes = scopes;

    /// <summary>Gets the load of the GPUs at the last sample.</summary>
    internal GpuLoad Gpu => _resources?.Gpu ?? GpuLoad.Unknown;

    /// <summary>Gets whether resources are sampled.</summary>
    internal bool SamplesResources => _resources is not null;

    /// <summary>Gets whether the log is closed or being closed.</summary>
    internal bool IsClosed => Volatile.Read(ref _disposed) != 0;

    internal RunContext BeginRun(string id, int rank, int worldSize)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        return _pipeline.BeginRun(id, rank, worldSize);
    }

    internal RunState Remember(RunContext run)
    {
        _snapshots?.Begin();
        return _monitor.Begin(run);
    }

    internal RunFigures Measure(RunContext run) => _meters.Training.Begin(run);

    internal RunSnapshot SnapshotOf(RunState run) => _monitor.Snapshot(run);

    internal void EndRun(RunContext run) => _pipeline.EndRun(run);

    /// <summary>Returns the logger of a category for a run's own records.</summary>
    internal TrainLogger GetRunLogger(string category, RunContext run)
    {
        // Loggers have numbers of 16 bits. After thousands of runs in one log, records are assigned to their runs by time only.
        if (run.Number >= MostRunsWithLoggers)
        {
            return GetLogger(category);
        }

        lock (_creation)
        {
            return _pipeline.CreateLogger(category, _options.LevelOf(category), run);
        }
    }

    /// <summary>Returns the logger of a category for the loggers of a host: it writes all that their rules let through.</summary>
    internal TrainLogger GetHostLogger(string category)
    {
        ArgumentNullException.ThrowIfNull(category);
        if (_hostLoggers.TryGetValue(category, out TrainLogger? logger))
        {
            return logger;
        }

        lock (_creation)
        {
            LoggerOrigin origin = _options.ForwardToProviders ? LoggerOrigin.ForwardingHost : LoggerOrigin.Host;
            return _hostLoggers.GetOrAdd(category, name => _pipeline.CreateLogger(name, LogLevel.Trace, run: null, origin));
        }
    }

    /// <summary>Applies the levels of other options.</summary>
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

    /// <summary>Gets the number of records dropped so far, by the policy or because the log was closing: after <see cref="Dispose"/> those too whose call was in progress then.</summary>
    public long DroppedRecords
    {
        get
        {
            _backend.CountLateRecords();
            return _pipeline.Drops.Total;
        }
    }

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

    /// <inheritdoc/>
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

    /// <summary>Changes the level of a category and of those below it, up to a dot; existing loggers follow at once.</summary>
    /// <param name="category">The category.</param>
    /// <param name="level">The level below which nothing is logged; <see cref="LogLevel.None"/> switches it off.</param>
    public void SetLevel(string category, LogLevel level)
    {
        ArgumentException.ThrowIfNullOrEmpty(category);
        ChangeLevels(options => options.CategoryLevels[category] = level);
    }

    /// <summary>Changes the level of all categories without their own level; existing loggers follow at once.</summary>
    /// <param name="level">The level below which nothing is logged; <see cref="LogLevel.None"/> switches them off.</param>
    public void SetMinimumLevel(LogLevel level) => ChangeLevels(options => options.MinimumLevel = level);

    /// <summary>Copies the state of the log's runs: progress, configuration, checkpoints, validations, errors, performance, operations, series.</summary>
    /// <remarks>
    /// Any thread may call it at any time; it blocks no log call. It shows what has been written: what was logged within the last
    /// <see cref="TrainLogOptions.FlushInterval"/> may be missing, unless <see cref="Flush"/> is called first. Of runs that have ended, only the latest 16 are kept.
    /// </remarks>
    /// <returns>The runs, at one moment.</returns>
    public LogSnapshot Snapshot() => _monitor.Snapshot();

    /// <summary>Waits until all that was logged before the call is visible in the files and on the console.</summary>
    /// <param name="timeout">The longest wait; 10 seconds if it is null.</param>
    /// <returns>Whether it is visible: false if the time was too short, or a file could not be written for a second, for example on a full disk.</returns>
    public bool Flush(TimeSpan? timeout = null)
    {
        Task<bool> flush = _backend.FlushAsync();
        return flush.Wait(timeout ?? TimeSpan.FromSeconds(10)) && flush.Result;
    }

    /// <summary>Waits until all that was logged before the call is visible in the files and on the console.</summary>
    /// <param name="cancellationToken">Ends the wait, not the writing.</param>
    /// <returns>Whether it is visible: false if a file could not be written for a second, for example on a full disk.</returns>
    public Task<bool> FlushAsync(CancellationToken cancellationToken = default) => _backend.FlushAsync().WaitAsync(cancellationToken);

    /// <summary>Ends the log: loggers are disabled, pending records are written, files are closed; takes at most <see cref="TrainLogOptions.ShutdownTimeout"/>.</summary>
    /// <remarks>
    /// A call in progress on another thread may be lost, and is counted in <see cref="DroppedRecords"/>: join the threads that log first. If files cannot be
    /// written, for example on a full disk, what is missing stays in the journal for the next start.
    /// </remarks>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        long start = Stopwatch.GetTimestamp();
        Runs.EndWithLog();
        ProcessEnds.Remove(this, new ClosedLog(_options.ForFilesAlone(), Runs.Left));
        _resources?.Dispose();
        SuppressedCalls.Report(IsNotAnothers);
        // For its last messages: a compression in progress is abandoned at once. On a disk that hangs it is waited for once more below.
        _ = _keeper?.Stop(_options.ShutdownTimeout / 4);
        _pipeline.Close();
        _pipeline.Redactors.Leave();
        bool ended = _backend.Stop(_options.ShutdownTimeout);
        if (!ended)
        {
            StandardError.WriteLine(
                $"FastTrainLog: the last records were not all written within TrainLogOptions.ShutdownTimeout ({_options.ShutdownTimeout}); a file is slow or hangs.");
        }

        _meters.Dispose();
        _snapshots?.Stop(_options.ShutdownTimeout - Stopwatch.GetElapsedTime(start));
        bool kept = _keeper is null || _keeper.Stop(_options.ShutdownTimeout - Stopwatch.GetElapsedTime(start));
        if (ended)
        {
            if (_backend.Unwritten is ({ } file, { } reason))
            {
                StandardError.WriteLine(
                    $"FastTrainLog: {file} could not be written at the end: {reason.Message} What is missing is kept in the journal, and the next start in {_options.LogDirectory} writes it.");
            }

            bool isDrained = !_backend.HasFailed && _backend.Unwritten is null;
            bool wasJournaled = _journal is not null;
            _pipeline.EndStore(isDrained);
            if (isDrained && wasJournaled)
            {
                _claim?.End();
            }
        }

        FilesEnded?.Invoke(_options.ShutdownTimeout - Stopwatch.GetElapsedTime(start));
        if (ended && kept)
        {
            _claim?.Dispose();
        }
        else
        {
            LeftBehind.Add(this);
        }
    }

    /// <summary>Ends the log as <see cref="Dispose"/> does, without blocking the calling thread.</summary>
    /// <returns>The task.</returns>
    public ValueTask DisposeAsync() => new(Task.Run(Dispose));

    /// <summary>Flushes while the process ends, within the shutdown timeout.</summary>
    internal void FlushAtEnd()
    {
        SuppressedCalls.Report(IsNotAnothers);
        _backend.FlushAsync().Wait(_options.ShutdownTimeout);
        _snapshots?.Write();
        _sync?.Sync();
    }

    /// <summary>Flushes as <see cref="FlushAtEnd"/> does, and makes the backend write at once, from here on, what other code still logs before the process ends.</summary>
    internal void FlushAtCrash()
    {
        FlushAtEnd();
        _pipeline.Hurry();
    }

    private bool IsDirect(in LogRecord record) => !_pipeline.Loggers[record.Decoder.LoggerId].IsHosts;

    // Loggers of other logging systems too: nothing else reports for them.
    private bool IsNotAnothers(ILogger logger) => logger is not TrainLogger own || own.Pipeline == _pipeline;

    private BackupKeeper? KeepBackups(List<SinkRoute> routes)
    {
        BackupKey? key = _options.ReadBackupKey();
        bool deletesOld = _options.MaxBackupAge > TimeSpan.Zero || _options.MaxTotalBackupSize > 0;
        Retention? retention = deletesOld && _claim is not null
            ? new Retention(
                Path.GetFullPath(_options.LogDirectory), StandardSinks.NamesOf(_options), StandardSinks.RecordsOfRuns, _claim, _options.MaxBackupAge, _options.MaxTotalBackupSize, key, TimeProvider.System)
            : null;
        RollingFileSink[] files = [.. routes.Select(route => route.Sink).OfType<RollingFileSink>()];
        RotatedFiles[] compressed = [.. files.Where(file => _options.CompressesBackupsOf(file.Description.Name)).Select(file => file.File.Rotated)];
        return compressed.Length > 0 || retention is not null
            ? new BackupKeeper([.. files.Select(file => file.File.Rotated)], compressed, retention, key, GetLogger(LogCategories.System))
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
}
