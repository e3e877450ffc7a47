using System.Diagnostics;
using System.Runtime.InteropServices;
using FastTrainLog.Monitoring;
using FastTrainLog.Monitoring.Snapshots;
using FastTrainLog.Platform;
using FastTrainLog.Records;
using FastTrainLog.Resuming;

namespace FastTrainLog.Training;

/// <summary>Logs one training run from its start to its end: steps, validations, checkpoints, numerical issues, errors, operations.</summary>
/// <remarks>
/// Each message goes to the file of its category under the log directory. <see cref="LogStep"/> and
/// <see cref="LogEpoch"/> belong to the training thread: one thread at a time calls them. All other members may be called from any thread.
/// </remarks>
/// <example>
/// <code>
/// using TrainLogging logging = TrainLogging.Create();
/// using TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "Digits", TotalSteps = 1000, BatchSize = 32 });
/// for (int step = 1; step &lt;= 1000; step++)
/// {
///     double loss = 1.0 / step;
///     run.LogStep(epoch: 1, step, loss, learningRate: 0.1);
/// }
///
/// run.LogValidation(epoch: 1, step: 1000, loss: 0.02, [("accuracy", 0.97)]);
/// run.End(success: true);
/// </code>
/// </example>
public sealed partial class TrainingRun : IOpenRun, IDisposable
{
    private const string DefaultPhase = "training";
    private const long NoStep = long.MinValue;
    private const string SkippedConsequence = "they were kept out of the model";
    private const string DamagedConsequence = "they went into the model, which may be damaged";

    private readonly TrainLogging _logging;
    private readonly TrainingRunOptions _options;
    private readonly RunState _state;
    private readonly RunFigures _figures;
    private readonly RunActivities _activities;
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
    private long _unhealthySteps;
    private long _unhealthyStep = NoStep;
    private double _lastLoss = double.NaN;
    private long _lastStep = NoStep;
    private long _nonFiniteSteps;
    private long _damagingSteps;
    private BestValidation? _best;
    private RunSummary? _summary;
    private volatile bool _hasEnded;
    private long _callsAfterEnd;

    private TrainingRun(TrainLogging logging, TrainingRunOptions options, BestValidation? best)
    {
        _options = options;
        _best = best;
        Id = options.RunId ?? RunIds.Next();
        Context = logging.BeginRun(Id, options.Rank, options.WorldSize);
        _logging = logging;
        _state = logging.Remember(Context);
        _figures = logging.Measure(Context);
        // Before any record, so that all records of the run are within the activity.
        _activities = new RunActivities(Id, options);
        _main = logging.GetRunLogger(LogCategories.Main, Context);
        _progress = logging.GetRunLogger(LogCategories.TrainingProgress, Context);
        _errors = logging.GetRunLogger(LogCategories.Errors, Context);
        _stability = logging.GetRunLogger(LogCategories.NumericalStability, Context);
        _system = logging.GetRunLogger(LogCategories.System, Context);
        _performance = logging.GetRunLogger(LogCategories.Performance, Context);
        _modelOperations = logging.GetRunLogger(LogCategories.ModelOperations, Context);
        _clock = new StepClock(_started);
        _epoch = new EpochTotals(_started);
        Control = new RunControl(this);
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

    /// <summary>Gets the number of steps, epochs, validations and checkpoints that were logged after the run had ended, and discarded.</summary>
    public long CallsAfterEnd => Interlocked.Read(ref _callsAfterEnd);

    internal RunContext Context { get; }

    RunContext IOpenRun.Context => Context;

    long? IOpenRun.LastStep => LastStep;

    /// <summary>Gets the step that was logged last, or null before the first.</summary>
    private long? LastStep => Interlocked.Read(ref _lastStep) is var step && step == NoStep ? null : step;

    /// <summary>Starts a run: logs its configuration and the state of the system.</summary>
    /// <param name="logging">The log.</param>
    /// <param name="options">What is trained and how.</param>
    /// <returns>The run; end it with <c>End</c>.</returns>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    /// <exception cref="ObjectDisposedException">The log is closed.</exception>
    public static TrainingRun Start(TrainLogging logging, TrainingRunOptions options)
    {
        ArgumentNullException.ThrowIfNull(logging);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        // A run with the identifier of an earlier one continues it, even without Resume: the better checkpoint must not be overwritten.
        return Begin(logging, options, fromStep: null, options.RunId is { } id ? NoteOf(logging, id, options.Rank)?.Best : null);
    }

    /// <summary>Continues a run that another process, or this one, began: it remains one run, whose steps from there on supersede those logged before.</summary>
    /// <remarks>
    /// The options of the run, except <see cref="TrainingRunOptions.EnableControl"/>, and its best validation are read from the log directory. The program itself must load the state of the model, the optimizer and the data.
    /// </remarks>
    /// <param name="logging">The log; in the directory that the run was logged to.</param>
    /// <param name="runId">The run's identifier.</param>
    /// <param name="fromStep">The first step to take, from 1: one more than that of the checkpoint.</param>
    /// <param name="options">What is trained and how; null for those in the log directory. Pass them if the directory is another one, or for a rank other than 0.</param>
    /// <param name="best">The best validation so far, for example from the checkpoint; null for the one in the log directory.</param>
    /// <returns>The run; end it with <c>End</c>.</returns>
    /// <exception cref="ArgumentException">The log directory has no information on the run and no options are given, or an option is out of its range.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The step is below 1.</exception>
    /// <exception cref="ObjectDisposedException">The log is closed.</exception>
    public static TrainingRun Resume(TrainLogging logging, string runId, long fromStep, TrainingRunOptions? options = null, BestValidation? best = null)
    {
        ArgumentNullException.ThrowIfNull(logging);
        ArgumentException.ThrowIfNullOrEmpty(runId);
        ArgumentOutOfRangeException.ThrowIfLessThan(fromStep, 1);
        ObjectDisposedException.ThrowIf(logging.IsClosed, logging);
        // The run may just have ended in this process.
        logging.Flush();
        RunNote? note = NoteOf(logging, runId, options?.Rank ?? 0);
        options = (options ?? (note is null ? null : OptionsOf(note)) ?? throw new ArgumentException(
            $"The log directory '{logging.Options.LogDirectory}' has no information on run '{runId}': give its options too, or begin a new one with TrainingRun.Start.", nameof(runId))) with { RunId = runId };
        options.Validate();
        return Begin(logging, options, fromStep, best ?? note?.Best);
    }

    /// <summary>Copies the state of the run, as <see cref="TrainLogging.Snapshot"/> does for all runs.</summary>
    /// <returns>The run, at one moment.</returns>
    public RunSnapshot Snapshot() => _logging.SnapshotOf(_state);

    /// <summary>Ends the run as completed or failed: logs its summary and the state of the system. Only the first end counts.</summary>
    /// <param name="success">Whether the run succeeded.</param>
    /// <param name="reason">Why it ended, such as <c>cancelled by Ctrl+C</c>; null for none.</param>
    /// <param name="finalLoss">The loss at the end; null for the last step's.</param>
    /// <param name="metrics">The final metrics.</param>
    /// <returns>The summary.</returns>
    public RunSummary End(bool success, string? reason = null, double? finalLoss = null, ReadOnlySpan<Metric> metrics = default) =>
        Conclude(success ? RunOutcome.Completed : RunOutcome.Failed, reason, finalLoss, metrics);

    /// <summary>Ends the run: logs its summary and the state of the system. Only the first end counts.</summary>
    /// <param name="outcome">What happened to it: completed, failed, cancelled or stopped.</param>
    /// <param name="reason">Why it ended, such as <c>Ctrl+C</c>; null for none.</param>
    /// <param name="finalLoss">The loss at the end; null for the last step's.</param>
    /// <param name="metrics">The final metrics.</param>
    /// <returns>The summary.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The outcome is not one that a run can end with.</exception>
    public RunSummary End(RunOutcome outcome, string? reason = null, double? finalLoss = null, ReadOnlySpan<Metric> metrics = default)
    {
        if (outcome is not (RunOutcome.Completed or RunOutcome.Failed or RunOutcome.Cancelled or RunOutcome.Stopped))
        {
            throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "A run ends as Completed, Failed, Cancelled or Stopped; the others are determined by readers of the log.");
        }

        return Conclude(outcome, reason, finalLoss, metrics);
    }

    /// <summary>Ends the run with an exception, which is logged as by <see cref="LogError"/>: as cancelled if the exception is a cancellation, else as failed. Only the first end counts.</summary>
    /// <param name="exception">The exception that ended the training.</param>
    /// <param name="metrics">The final metrics.</param>
    /// <returns>The summary.</returns>
    public RunSummary End(Exception exception, ReadOnlySpan<Metric> metrics = default)
    {
        ArgumentNullException.ThrowIfNull(exception);
        if (!_hasEnded)
        {
            LogError(exception, "training", LastStep is { } step ? [new("last_step", step)] : []);
        }

        return Conclude(ErrorClassifier.OutcomeOf(exception), ReasonOf(exception), finalLoss: null, metrics, exception);
    }

    /// <summary>Ends the run if no <c>End</c> was called: with the exception that leaves the <c>using</c> block, else as failed.</summary>
    public void Dispose()
    {
        if (!_hasEnded)
        {
            Leave(RunOutcome.Failed, "left without End");
        }
    }

    void IOpenRun.EndWithProcess(string reason) => Conclude(RunOutcome.Stopped, reason, finalLoss: null, []);

    void IOpenRun.EndWithLog() => Leave(RunOutcome.Stopped, "the log was closed while the run was in progress");

    // The log has logged it already.
    void IOpenRun.EndBy(Exception exception)
    {
        Interlocked.Increment(ref _errorCounts[(int)ErrorClassifier.Diagnose(exception).Category]);
        Conclude(ErrorClassifier.OutcomeOf(exception), ReasonOf(exception), finalLoss: null, [], exception);
    }

    private static string ReasonOf(Exception exception) => $"{exception.GetType().Name}: {SafeText.MessageOf(exception)}";

    private void Leave(RunOutcome outcome, string reason)
    {
        if (ExceptionInFlight.OfThread() is { } exception)
        {
            End(exception);
        }
        else
        {
            // Its loop was told to end, and did.
            Conclude(Control.StopReason is null ? outcome : RunOutcome.Stopped, Control.StopReason ?? reason, finalLoss: null, []);
        }

        _logging.Runs.Left = Context;
    }

    private RunSummary Conclude(RunOutcome outcome, string? reason, double? finalLoss, ReadOnlySpan<Metric> metrics, Exception? failure = null)
    {
        Control.Close();
        if (outcome == RunOutcome.Completed && Control.StopReason is { } stopped)
        {
            (outcome, reason) = (RunOutcome.Stopped, reason is null ? stopped : $"{stopped}: {reason}");
        }

        // Outside of the lock, which the delivery takes too.
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

            // The step in which a run failed counts as unsuccessful.
            long brokenOff = outcome == RunOutcome.Failed ? 1 : 0;
            long steps = _clock.Counter.Distinct;
            long tried = steps + brokenOff;
            _summary = new RunSummary
            {
                Outcome = outcome,
                Reason = reason,
                Duration = Stopwatch.GetElapsedTime(_started),
                Steps = steps,
                FinalLoss = finalLoss ?? (steps > 0 ? _lastLoss : null),
                Best = _best?.Value,
                SuccessRate = tried == 0 ? 1.0 : 1.0 - ((double)(Math.Min(_unhealthySteps, steps) + brokenOff) / tried),
                Issues = _issues.Sum(),
                Errors = _errorCounts.Sum(),
            };
            _hasEnded = true;
        }

        LogEnd(_summary, metrics);
        _logging.EndRun(Context);
        _activities.End(_summary, failure);
        _logging.Runs.Remove(this);
        return _summary;
    }

    /// <summary>Returns whether the run has ended, so that a call is discarded, counted and reported.</summary>
    private bool IsLate(string call, long? step = null)
    {
        if (!_hasEnded)
        {
            return false;
        }

        if (Interlocked.Increment(ref _callsAfterEnd) == 1)
        {
            if (_logging.IsClosed)
            {
                StandardError.WriteLine($"FastTrainLog: {call} came after the end of run {Id}, and its log is closed; it is discarded, like all that follow.");
            }
            else
            {
                _main.LoggedAfterEnd(call, step, Id);
                _logging.Runs.AddLate(this);
            }
        }

        return true;
    }

    private static TrainingRunOptions OptionsOf(RunNote note) => new()
    {
        RunId = note.RunId,
        Rank = note.Rank,
        WorldSize = note.WorldSize,
        Model = note.Model,
        Epochs = note.Epochs,
        TotalSteps = note.TotalSteps,
        BatchSize = note.BatchSize,
        LearningRate = note.LearningRate,
        Optimizer = note.Optimizer,
        BestMetric = note.BestMetric,
        HigherIsBetter = note.HigherIsBetter,
        CheckpointGuard = note.CheckpointGuard,
        Name = note.Name,
        Group = note.Group,
        Tags = note.Tags ?? [],
        Config = note.Config is { } config ? new Dictionary<string, object?>(config.EnumerateObject().DistinctBy(value => value.Name).Select(value => KeyValuePair.Create(value.Name, (object?)value.Value))) : [],
        RecordOrigin = note.RecordOrigin ?? true,
    };

    private static RunNote? NoteOf(TrainLogging logging, string runId, int rank) => RunNotes.Read(logging.Options.LogDirectory, runId, rank);

    private static TrainingRun Begin(TrainLogging logging, TrainingRunOptions options, long? fromStep, BestValidation? best)
    {
        var run = new TrainingRun(logging, options, best);
        logging.Runs.Add(run);
        run.LogStart(fromStep);
        if (options.EnableControl)
        {
            run.Control.Open(logging.Options.LogDirectory);
        }

        return run;
    }

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

    private void LogStart(long? fromStep)
    {
        bool alone = _options.WorldSize == 1;
        RunOrigin? origin = _options.RecordOrigin ? RunOrigin.Current : null;
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
            alone ? null : _options.WorldSize,
            _options is { HigherIsBetter: false, BestMetric: null } ? null : _options.HigherIsBetter ? BestValidation.Highest : BestValidation.Lowest,
            _options.BestMetric,
            _options.CheckpointGuard == CheckpointGuard.Flag ? null : _options.CheckpointGuard,
            fromStep,
            _options.Name,
            _options.Group,
            _options.Tags.Count == 0 ? null : string.Join(", ", _options.Tags),
            PropertyList.Of(ConfigValues.Flatten(_options.Config)),
            origin?.Commit,
            origin?.Branch,
            origin?.CommandLine,
            origin?.Directory,
            PropertyList.Of(origin?.Environment));
        LogSystemEvent("training_started", "Training session began", [new("run_id", Id), new("model", _options.Model)]);
        LogSystemStatistics("training start");
    }

    private void LogEnd(RunSummary summary, ReadOnlySpan<Metric> metrics)
    {
        var duration = TimeSpan.FromMilliseconds(Math.Round(summary.Duration.TotalMilliseconds));
        string bestMetric = _options.BestMetric ?? "loss";
        string outcome = summary.Outcome.Word();
        // Rounded down: only a run without any failure has 100.0 %.
        double rate = Math.Floor(summary.SuccessRate * 1000.0) / 1000.0;
        LogPerformance("training", summary.Duration, metrics: [("steps", summary.Steps)]);
        _errors.ErrorSummary(summary.Errors, summary.Issues, summary.Steps, rate, Counts<ErrorCategory>(_errorCounts), Counts<NumericalIssueType>(_issues), outcome);
        LogSystemStatistics("training end");
        LogSystemEvent(
            summary.Success ? "training_completed" : "training_ended_early",
            summary.Success ? "Training session completed successfully" : $"Training session ended early: {summary.Reason ?? outcome}",
            [
                new("run_id", Id),
                new("outcome", outcome),
                new("total_steps", summary.Steps),
                new("success_rate", rate),
                new("duration_seconds", Math.Round(summary.Duration.TotalSeconds, 3)),
            ]);
        if (summary.Success)
        {
            _progress.RunCompleted(
                Id, outcome, duration, summary.Steps, summary.FinalLoss, bestMetric, summary.Best, rate, summary.Issues, summary.Errors, summary.Reason, metrics);
        }
        else
        {
            _progress.RunFailed(
                Id, outcome, summary.Reason, duration, summary.Steps, LastStep, summary.FinalLoss, bestMetric, summary.Best, rate, summary.Issues, summary.Errors, metrics);
        }

        _main.RunConcluded(Id, _options.Model, duration, summary.Steps, outcome, summary.Reason);
    }
}
