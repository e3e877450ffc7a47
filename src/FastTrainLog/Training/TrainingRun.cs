using System.Diagnostics;
using System.Runtime.InteropServices;
using FastTrainLog.Frontend;
using FastTrainLog.Monitoring.Snapshots;

namespace FastTrainLog.Training;

/// <summary>Logs one training run from its start to its end: steps, validations, checkpoints, numerical issues, errors, operations.</summary>
/// <remarks>
/// Each message goes to the file of its category under the log directory. <see cref="LogStep"/> and
/// <see cref="LogEpoch"/> belong to the training thread: one thread at a time calls them. All else may be called from any thread.
/// </remarks>
public sealed partial class TrainingRun : IDisposable
{
    private const string DefaultPhase = "training";
    private const string SkippedConsequence = "they were kept out of the model";
    private const string DamagedConsequence = "they went into the model, which may be damaged";

    private readonly TrainLogging _logging;
    private readonly TrainingRunOptions _options;
    private readonly RunContext _context;
    private readonly RunState _state;
    private readonly TrainLogger _main;
    private readonly TrainLogger _progress;
    private readonly TrainLogger _errors;
    private readonly TrainLogger _stability;
    private readonly TrainLogger _system;
    private readonly TrainLogger _performance;
    private readonly TrainLogger _modelOperations;
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly Lock _gate = new();
    private readonly long[] _issues = new long[Enum.GetValues<NumericalIssueType>().Length];
    private readonly long[] _errorCounts = new long[Enum.GetValues<ErrorCategory>().Length];

    private GradientDelivery[] _deliveries = [];
    private StepClock _clock;
    private EpochTotals _epoch;
    private long _steps;
    private long _unhealthySteps;
    private double _lastLoss = double.NaN;
    private long _nonFiniteSteps;
    private long _damagingSteps;
    private BestValidation? _best;
    private RunSummary? _summary;

    private TrainingRun(TrainLogging logging, TrainingRunOptions options)
    {
        _options = options;
        Id = options.RunId ?? NewId();
        _context = logging.BeginRun(Id, options.Rank, options.WorldSize);
        _logging = logging;
        _state = logging.Remember(_context);
        _main = logging.GetRunLogger(LogCategories.Main, _context);
        _progress = logging.GetRunLogger(LogCategories.TrainingProgress, _context);
        _errors = logging.GetRunLogger(LogCategories.Errors, _context);
        _stability = logging.GetRunLogger(LogCategories.NumericalStability, _context);
        _system = logging.GetRunLogger(LogCategories.System, _context);
        _performance = logging.GetRunLogger(LogCategories.Performance, _context);
        _modelOperations = logging.GetRunLogger(LogCategories.ModelOperations, _context);
        _clock = new StepClock(_started);
        _epoch = new EpochTotals(_started);
    }

    /// <summary>Gets the run's identifier.</summary>
    public string Id { get; }

    /// <summary>Gets the best validation so far, or null before the first.</summary>
    public BestValidation? Best
    {
        get
        {
            lock (_gate)
            {
                return _best;
            }
        }
    }

    /// <summary>Starts a run: logs its configuration and the state of the system.</summary>
    /// <param name="logging">The log.</param>
    /// <param name="options">What is trained and how.</param>
    /// <returns>The run; end it with <see cref="End"/>.</returns>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    public static TrainingRun Start(TrainLogging logging, TrainingRunOptions options)
    {
        ArgumentNullException.ThrowIfNull(logging);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var run = new TrainingRun(logging, options);
        run.LogStart();
        return run;
    }

    /// <summary>Copies what is remembered of the run; as <see cref="TrainLogging.Snapshot"/> does of all.</summary>
    /// <returns>The run, as it stood at one moment.</returns>
    public RunSnapshot Snapshot() => _logging.SnapshotOf(_state);

    /// <summary>Ends the run: logs its summary and the state of the system. Only the first call does anything.</summary>
    /// <param name="success">Whether the run ended as it should.</param>
    /// <param name="reason">Why it ended, such as <c>cancelled by Ctrl+C</c>; null where nothing needs to be said.</param>
    /// <param name="finalLoss">The loss at the end; null for the last step's.</param>
    /// <param name="metrics">The final metrics.</param>
    /// <returns>The summary.</returns>
    public RunSummary End(bool success, string? reason = null, double? finalLoss = null, ReadOnlySpan<Metric> metrics = default)
    {
        // Outside of the gate, which those who deliver take too.
        foreach (GradientDelivery delivery in Volatile.Read(ref _deliveries))
        {
            delivery.End();
        }

        lock (_gate)
        {
            if (_summary is not null)
            {
                return _summary;
            }

            _summary = new RunSummary
            {
                Success = success,
                Reason = reason,
                Duration = Stopwatch.GetElapsedTime(_started),
                Steps = _steps,
                FinalLoss = finalLoss ?? (_steps > 0 ? _lastLoss : null),
                Best = _best?.Value,
                SuccessRate = _steps == 0 ? 1.0 : 1.0 - ((double)Math.Min(_unhealthySteps, _steps) / _steps),
                Issues = _issues.Sum(),
                Errors = _errorCounts.Sum(),
            };
        }

        LogEnd(_summary, metrics);
        _logging.EndRun(_context);
        return _summary;
    }

    /// <summary>Ends the run as failed where <see cref="End"/> was not called.</summary>
    public void Dispose() => End(success: false, reason: "left without End");

    private static string NewId() =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyyMMdd-HHmmss}-{Random.Shared.Next(0x10000):x4}");

    private static string? Counts<T>(ReadOnlySpan<long> counts)
        where T : struct, Enum
    {
        var parts = new List<string>();
        T[] values = Enum.GetValues<T>();
        for (int i = 0; i < counts.Length; i++)
        {
            if (counts[i] > 0)
            {
                parts.Add($"{values[i]}: {counts[i]}");
            }
        }

        return parts.Count == 0 ? null : string.Join(", ", parts);
    }

    private void LogStart()
    {
        bool alone = _options.WorldSize == 1;
        _main.RunAnnounced(
            Id,
            _options.Model,
            Environment.ProcessId,
            Environment.MachineName,
            RuntimeInformation.FrameworkDescription,
            RuntimeInformation.OSDescription,
            alone ? null : _options.Rank,
            alone ? null : _options.WorldSize);
        _progress.RunStarted(
            _options.Model,
            _options.Epochs,
            _options.TotalSteps,
            _options.BatchSize,
            _options.LearningRate,
            _options.Optimizer,
            Id,
            alone ? null : _options.Rank,
            alone ? null : _options.WorldSize);
        LogSystemEvent("training_started", "Training session began", [new("run_id", Id), new("model", _options.Model)]);
        LogSystemStatistics("training start");
    }

    private void LogEnd(RunSummary summary, ReadOnlySpan<Metric> metrics)
    {
        var duration = TimeSpan.FromMilliseconds(Math.Round(summary.Duration.TotalMilliseconds));
        string bestMetric = _options.BestMetric ?? "loss";
        string outcome = summary.Success ? "completed successfully" : summary.Reason ?? "failed";
        LogPerformance("training", summary.Duration, metrics: [("steps", summary.Steps)]);
        _errors.ErrorSummary(summary.Errors, summary.Issues, summary.Steps, summary.SuccessRate, Counts<ErrorCategory>(_errorCounts), Counts<NumericalIssueType>(_issues));
        LogSystemStatistics("training end");
        LogSystemEvent(
            summary.Success ? "training_completed" : "training_ended_early",
            summary.Success ? "Training session completed successfully" : $"Training session ended early: {outcome}",
            [
                new("run_id", Id),
                new("total_steps", summary.Steps),
                new("success_rate", Math.Round(summary.SuccessRate, 4)),
                new("duration_seconds", Math.Round(summary.Duration.TotalSeconds, 3)),
            ]);
        if (summary.Success)
        {
            _progress.RunCompleted(
                Id, duration, summary.Steps, summary.FinalLoss, bestMetric, summary.Best, summary.SuccessRate, summary.Issues, summary.Errors, summary.Reason, metrics);
        }
        else
        {
            _progress.RunFailed(
                Id, duration, summary.Steps, summary.FinalLoss, bestMetric, summary.Best, summary.SuccessRate, summary.Issues, summary.Errors, outcome, metrics);
        }

        _main.RunConcluded(Id, _options.Model, duration, summary.Steps, outcome);
    }
}
