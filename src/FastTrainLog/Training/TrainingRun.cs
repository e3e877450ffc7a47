using System.Diagnostics;
using System.Runtime.InteropServices;
using FastTrainLog.Frontend;
using FastTrainLog.Gradients;
using FastTrainLog.Records;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Training;

/// <summary>Logs one training run from its start to its end: steps, validations, checkpoints, numerical issues, errors, operations.</summary>
/// <remarks>
/// Each message goes to the file of its category under the log directory. <see cref="LogStep"/> and
/// <see cref="LogEpoch"/> belong to the training thread: one thread at a time calls them. All else may be called from any thread.
/// </remarks>
public sealed class TrainingRun : IDisposable
{
    private const string DefaultPhase = "training";
    private const string SkippedConsequence = "they were kept out of the model";
    private const string DamagedConsequence = "they went into the model, which may be damaged";

    private readonly TrainLogging _logging;
    private readonly TrainingRunOptions _options;
    private readonly RunContext _context;
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

    /// <summary>Logs a step, and what its gradients were like.</summary>
    /// <remarks>Allocates nothing, unless the step holds a numerical issue. A loss that is not finite is logged as a numerical issue too.</remarks>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="step">The step, from 1 over all epochs.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="gradients">What the clipper returned for the step; leave it out where there is none yet.</param>
    /// <param name="accuracy">The accuracy over the batch, or null.</param>
    /// <param name="samples">The number of samples of the step; null for the run's batch size.</param>
    /// <param name="phase">What the step is part of.</param>
    /// <param name="metrics">Further figures.</param>
    public void LogStep(
        int epoch,
        long step,
        double loss,
        double learningRate,
        in GradientStatistics gradients = default,
        double? accuracy = null,
        int? samples = null,
        string phase = DefaultPhase,
        ReadOnlySpan<Metric> metrics = default)
    {
        double seconds = _clock.Advance(Stopwatch.GetTimestamp());
        int batch = samples ?? _options.BatchSize ?? 0;
        bool measured = gradients.LayerCount > 0 && (gradients.Action & GradientAction.Pending) == 0;
        if (measured)
        {
            Observe(gradients);
        }

        bool finite = double.IsFinite(loss);
        if (!finite)
        {
            LogLossIssue(step, loss);
        }

        _steps++;
        if (!finite || gradients.FoundInf)
        {
            Interlocked.Increment(ref _unhealthySteps);
        }

        _lastLoss = loss;
        _epoch.Add(loss, batch);
        long? total = _options.TotalSteps;
        _progress.Step(
            epoch,
            step,
            total,
            total is null ? null : 100.0 * step / total.Value,
            loss,
            learningRate,
            total is null ? null : _clock.Remaining(total.Value - step),
            phase,
            accuracy,
            measured ? gradients.Norm : null,
            measured ? gradients.StabilityScore : null,
            measured ? gradients.ClippingRatio : null,
            batch > 0 && seconds > 0 ? batch / seconds : null,
            seconds,
            metrics);
    }

    /// <summary>Logs the gradients of a step whose statistics came too late for <see cref="LogStep"/>, and a numerical issue where they were not finite.</summary>
    /// <remarks>May be called from any thread.</remarks>
    /// <param name="gradients">What the clipper measured.</param>
    public void LogGradients(in GradientStatistics gradients)
    {
        if (gradients.FoundInf)
        {
            Interlocked.Increment(ref _unhealthySteps);
        }

        Observe(gradients);
        _stability.Gradients(
            gradients.Step,
            gradients.Norm,
            gradients.AbsoluteMaximum,
            double.IsFinite(gradients.Threshold) ? gradients.Threshold : null,
            gradients.Coefficient,
            gradients.StabilityScore,
            gradients.ClippingRatio,
            gradients.ZeroCount,
            gradients.ElementCount,
            gradients.FoundInf ? gradients.NaNCount : null,
            gradients.FoundInf ? gradients.InfinityCount : null,
            gradients.RecoveryAction);
    }

    /// <summary>
    /// Logs what a clipper finds, from here to the end of the run or of the clipper: how it guards the gradients; for gradients on a GPU one record
    /// a step, in the order of the steps; layers and histograms as <see cref="GradientClipperOptions"/> asks for.
    /// </summary>
    /// <remarks>
    /// A thread in the background reads the statistics of a GPU, at <see cref="TrainLogOptions.FlushInterval"/> and whenever half of the ring that they
    /// lie in is filled; the thread that clips waits for nothing. <see cref="End"/> and <see cref="GradientClipper.Dispose"/> wait for the device and log
    /// the rest. Several clippers can be followed, one for each device.
    /// </remarks>
    /// <param name="clipper">The clipper.</param>
    /// <exception cref="InvalidOperationException">A run follows the clipper already.</exception>
    /// <exception cref="ObjectDisposedException">The clipper has been disposed of.</exception>
    public void Follow(GradientClipper clipper)
    {
        ArgumentNullException.ThrowIfNull(clipper);
        var delivery = new GradientDelivery(this, _stability, clipper, _logging.Options);
        LogGradientGuard(clipper.Options);
        lock (_gate)
        {
            _deliveries = [.. _deliveries, delivery];
        }
    }

    /// <summary>Logs how gradients are guarded.</summary>
    /// <param name="options">The clipper's settings.</param>
    public void LogGradientGuard(GradientClipperOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _stability.GradientGuard(options.Limit.ToString(), options.NonFinite);
    }

    /// <summary>Logs a numerical issue, at the level that its severity asks for.</summary>
    /// <param name="issue">The issue.</param>
    public void LogNumericalIssue(in NumericalIssue issue)
    {
        Interlocked.Increment(ref _issues[(int)issue.Type]);
        LogLevel level = issue.Severity switch
        {
            IssueSeverity.Low => LogLevel.Information,
            IssueSeverity.Medium => LogLevel.Warning,
            IssueSeverity.High => LogLevel.Error,
            _ => LogLevel.Critical,
        };
        _stability.NumericalIssue(
            level,
            issue.Type,
            issue.Severity,
            issue.Location,
            issue.Step,
            issue.TensorShape,
            issue.NaNCount,
            issue.InfinityCount,
            issue.ElementCount,
            issue.Value,
            issue.RecoveryAction);
    }

    /// <summary>Logs the end of an epoch: its mean loss, its duration and throughput, and how the gradients behaved.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="metrics">Further figures.</param>
    public void LogEpoch(int epoch, ReadOnlySpan<Metric> metrics = default)
    {
        long now = Stopwatch.GetTimestamp();
        EpochTotals totals;
        lock (_gate)
        {
            totals = _epoch;
            _epoch = new EpochTotals(now);
        }

        double seconds = Stopwatch.GetElapsedTime(totals.StartTimestamp, now).TotalSeconds;
        double? throughput = totals.Samples > 0 && seconds > 0 ? totals.Samples / seconds : null;
        _progress.EpochEnded(epoch, _options.Epochs, totals.MeanLoss, seconds, throughput, totals.Steps, metrics);
        LogPerformance("epoch", TimeSpan.FromSeconds(seconds), throughput, _options.BatchSize, [("epoch", epoch), ("steps", totals.Steps)]);
        if (totals.GradientSteps > 0)
        {
            _stability.GradientHealth(
                epoch, totals.LowestNorm, totals.HighestNorm, totals.MeanNorm, totals.ClippedSteps, totals.GradientSteps, totals.NonFiniteSteps, totals.StabilityScore);
        }
    }

    /// <summary>Logs a validation and compares it with the best so far.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="step">The step, from 1 over all epochs.</param>
    /// <param name="loss">The loss over the validation data.</param>
    /// <param name="metrics">Further figures; with <see cref="TrainingRunOptions.BestMetric"/> set, one of that name.</param>
    /// <returns>Whether it is the best so far. What is not finite never is.</returns>
    /// <exception cref="ArgumentException">The metrics lack the one that validations are compared by.</exception>
    public bool LogValidation(int epoch, long step, double loss, ReadOnlySpan<Metric> metrics = default)
    {
        double value = _options.BestMetric is { } name ? Find(metrics, name) : loss;
        BestValidation? best;
        bool isBest;
        lock (_gate)
        {
            isBest = double.IsFinite(value)
                && (_best is null || (_options.HigherIsBetter ? value > _best.Value.Value : value < _best.Value.Value));
            if (isBest)
            {
                _best = new BestValidation(value, epoch, step);
            }

            best = _best;
        }

        if (isBest)
        {
            _progress.BestValidation(epoch, step, loss, isBest, metrics);
        }
        else
        {
            _progress.Validation(epoch, step, loss, best?.Value, best?.Step, isBest, metrics);
        }

        return isBest;
    }

    /// <summary>Saves a checkpoint and logs it, unless gradients that are not finite went into the model and the options refuse such a checkpoint.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="step">The step, from 1 over all epochs.</param>
    /// <param name="loss">The loss that the checkpoint is known by.</param>
    /// <param name="path">The file.</param>
    /// <param name="save">Writes the file, and throws where it cannot; the exception is logged and passes through.</param>
    /// <param name="metrics">Further figures.</param>
    /// <returns>Whether it was saved.</returns>
    public bool SaveCheckpoint(int epoch, long step, double loss, string path, Action<string> save, ReadOnlySpan<Metric> metrics = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(save);
        CatchUpWithGradients();
        long damaging = Interlocked.Read(ref _damagingSteps);
        if (damaging > 0 && _options.CheckpointGuard == CheckpointGuard.Refuse)
        {
            _progress.CheckpointRefused(damaging, epoch, step, loss, path);
            return false;
        }

        using (OperationScope operation = BeginOperation("checkpoint_saving", _options.Model, [new("path", path)]))
        {
            try
            {
                save(path);
            }
            catch (Exception exception)
            {
                operation.Fail(exception);
                throw;
            }

            operation.Complete();
        }

        LogCheckpoint(epoch, step, loss, path, metrics);
        return true;
    }

    /// <summary>Logs a checkpoint that was saved, and flags it where gradients were not finite since the one before.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="step">The step, from 1 over all epochs.</param>
    /// <param name="loss">The loss that the checkpoint is known by.</param>
    /// <param name="path">The file; its size is logged where it exists.</param>
    /// <param name="metrics">Further figures.</param>
    public void LogCheckpoint(int epoch, long step, double loss, string path, ReadOnlySpan<Metric> metrics = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var file = new FileInfo(path);
        long? size = file.Exists ? file.Length : null;
        CatchUpWithGradients();
        long nonFinite = Interlocked.Exchange(ref _nonFiniteSteps, 0);
        long damaging = Interlocked.Read(ref _damagingSteps);
        if (nonFinite > 0 || damaging > 0)
        {
            _progress.CheckpointFlagged(Math.Max(nonFinite, damaging), damaging > 0 ? DamagedConsequence : SkippedConsequence, epoch, step, loss, path, size, metrics);
        }
        else
        {
            _progress.CheckpointSaved(epoch, step, loss, path, size, metrics);
        }
    }

    /// <summary>Logs an exception with what it is about, what was going on, and what was done about it.</summary>
    /// <param name="error">The exception.</param>
    /// <param name="operation">The operation that failed.</param>
    /// <param name="context">Values that help to understand it.</param>
    /// <param name="recovery">The recovery that was attempted, such as <c>skip_batch</c>, or null where none was.</param>
    /// <param name="recovered">Whether the recovery succeeded; null where that is not known yet.</param>
    /// <returns>What is known of the exception.</returns>
    public ErrorDiagnosis LogError(
        Exception error,
        string operation,
        ReadOnlySpan<KeyValuePair<string, object?>> context = default,
        string? recovery = null,
        bool? recovered = null)
    {
        ErrorDiagnosis diagnosis = ErrorClassifier.Diagnose(error);
        Interlocked.Increment(ref _errorCounts[(int)diagnosis.Category]);
        LogLevel level = recovered == true || diagnosis.Category == ErrorCategory.Cancelled ? LogLevel.Warning : LogLevel.Error;
        _errors.ErrorWithContext(
            level,
            operation,
            diagnosis.Category,
            error.Message,
            PropertyList.Of(context),
            recovery,
            recovered,
            diagnosis.Suggestion,
            error);
        return diagnosis;
    }

    /// <summary>Logs how long an operation took, with the memory in use at its end.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="duration">Its duration.</param>
    /// <param name="throughput">Samples a second, or null.</param>
    /// <param name="batchSize">Samples at once, or null.</param>
    /// <param name="metrics">Further figures.</param>
    public void LogPerformance(string operation, TimeSpan duration, double? throughput = null, int? batchSize = null, ReadOnlySpan<Metric> metrics = default) =>
        _performance.Performance(
            operation, duration.TotalSeconds, throughput, batchSize, GC.GetTotalMemory(forceFullCollection: false), Environment.WorkingSet, null, null, metrics);

    /// <summary>Logs an operation on a model that ended.</summary>
    /// <param name="operation">The operation, such as <c>model_creation</c>.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="success">Whether it succeeded.</param>
    /// <param name="duration">Its duration, or null.</param>
    /// <param name="details">Further values.</param>
    public void LogModelOperation(
        string operation, string model, bool success, TimeSpan? duration = null, ReadOnlySpan<KeyValuePair<string, object?>> details = default)
    {
        if (success)
        {
            _modelOperations.ModelOperationSucceeded(operation, model, duration?.TotalSeconds, success, PropertyList.Of(details));
        }
        else
        {
            _modelOperations.ModelOperationFailed(operation, model, duration?.TotalSeconds, success, PropertyList.Of(details));
        }
    }

    /// <summary>Logs something that happened to the process or the machine: its lifecycle, resources or health.</summary>
    /// <param name="eventType">The kind of event, such as <c>resource_allocation</c>.</param>
    /// <param name="description">What happened.</param>
    /// <param name="details">Further values.</param>
    public void LogSystemEvent(string eventType, string description, ReadOnlySpan<KeyValuePair<string, object?>> details = default) =>
        _system.SystemEvent(eventType, description, PropertyList.Of(details));

    /// <summary>Logs the state of the process and the machine now.</summary>
    /// <param name="moment">What moment of the run it is.</param>
    public void LogSystemStatistics(string moment)
    {
        SystemSnapshot now = SystemSnapshot.Capture(_logging.Options.LogDirectory);
        _system.SystemStatistics(
            moment,
            now.ProcessorCount,
            now.ProcessorTime.TotalSeconds,
            now.ManagedBytes,
            now.ProcessBytes,
            now.AvailableBytes,
            now.Collections,
            now.DiskFreeBytes);
    }

    /// <summary>Begins an operation on a model: logs its start, and its end with time and memory when the scope is completed or left.</summary>
    /// <param name="operation">The operation, such as <c>inference</c>.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="details">Further values.</param>
    /// <returns>The scope; dispose it.</returns>
    public OperationScope BeginOperation(string operation, string model, ReadOnlySpan<KeyValuePair<string, object?>> details = default)
    {
        _modelOperations.ModelOperationStarted(operation, model, PropertyList.Of(details));
        return new OperationScope(this, operation, model);
    }

    /// <summary>Loads a model and returns the failure, where there is one, instead of throwing it.</summary>
    /// <typeparam name="T">What is loaded.</typeparam>
    /// <param name="model">The model's name.</param>
    /// <param name="load">Loads it.</param>
    /// <param name="attempts">How often it is tried, at least 1.</param>
    /// <param name="retryPause">The pause before the second attempt; it doubles with each further one.</param>
    /// <returns>The model or the failure, which is logged already.</returns>
    public OperationResult<T> LoadModelSafely<T>(string model, Func<T> load, int attempts = 1, TimeSpan retryPause = default)
    {
        OperationResult<T> result = RunSafely("model_loading", model, load, null, attempts, retryPause);
        if (result.Success)
        {
            // What is loaded replaces what non-finite gradients may have damaged.
            Interlocked.Exchange(ref _damagingSteps, 0);
        }

        return result;
    }

    /// <summary>Runs a model and returns the failure, where there is one, instead of throwing it.</summary>
    /// <typeparam name="T">What the model computes.</typeparam>
    /// <param name="model">The model's name.</param>
    /// <param name="infer">Runs it.</param>
    /// <param name="samples">The number of samples, for the throughput; null where there is no such number.</param>
    /// <param name="attempts">How often it is tried, at least 1.</param>
    /// <param name="retryPause">The pause before the second attempt; it doubles with each further one.</param>
    /// <returns>The output or the failure, which is logged already.</returns>
    public OperationResult<T> InferSafely<T>(string model, Func<T> infer, int? samples = null, int attempts = 1, TimeSpan retryPause = default) =>
        RunSafely("inference", model, infer, samples, attempts, retryPause);

    /// <summary>Carries out an operation and returns its failure, where there is one, instead of throwing it.</summary>
    /// <remarks>Start, success and each failure are logged with time and memory. A cancelled operation is not tried again.</remarks>
    /// <typeparam name="T">What the operation returns.</typeparam>
    /// <param name="operation">The operation.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="action">Carries it out.</param>
    /// <param name="samples">The number of samples, for the throughput; null where there is no such number.</param>
    /// <param name="attempts">How often it is tried, at least 1.</param>
    /// <param name="retryPause">The pause before the second attempt; it doubles with each further one.</param>
    /// <returns>The value or the failure.</returns>
    public OperationResult<T> RunSafely<T>(
        string operation, string model, Func<T> action, int? samples = null, int attempts = 1, TimeSpan retryPause = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        ArgumentOutOfRangeException.ThrowIfLessThan(attempts, 1);
        long started = Stopwatch.GetTimestamp();
        for (int attempt = 1; ; attempt++)
        {
            using OperationScope scope = BeginOperation(operation, model, attempts == 1 ? [] : [new("attempt", attempt), new("attempts", attempts)]);
            try
            {
                T value = action();
                scope.Complete(samples);
                return new OperationResult<T>(value, null, attempt, Stopwatch.GetElapsedTime(started));
            }
            catch (Exception exception)
            {
                bool again = attempt < attempts && exception is not OperationCanceledException;
                scope.Fail(exception, again ? "retry" : null);
                if (!again)
                {
                    return new OperationResult<T>(default, exception, attempt, Stopwatch.GetElapsedTime(started));
                }
            }

            Thread.Sleep(retryPause * Math.Pow(2, attempt - 1));
        }
    }

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

    internal void LogFailedOperation(string operation, string model, TimeSpan duration, Exception exception, string? recovery)
    {
        LogModelOperation(operation, model, success: false, duration, [new("error", exception.Message)]);
        LogError(exception, operation, [new("model", model), new("duration_seconds", duration.TotalSeconds)], recovery);
    }

    /// <summary>Counts non-finite steps whose statistics were lost.</summary>
    internal void AddUnseen(long nonFiniteSteps, NonFinitePolicy policy)
    {
        Interlocked.Add(ref _unhealthySteps, nonFiniteSteps);
        Interlocked.Add(ref _nonFiniteSteps, nonFiniteSteps);
        if (policy is NonFinitePolicy.Report or NonFinitePolicy.Throw)
        {
            Interlocked.Add(ref _damagingSteps, nonFiniteSteps);
        }
    }

    internal void Forget(GradientDelivery delivery)
    {
        lock (_gate)
        {
            _deliveries = [.. _deliveries.Where(other => other != delivery)];
        }
    }

    private static string NewId() =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyyMMdd-HHmmss}-{Random.Shared.Next(0x10000):x4}");

    private static double Find(ReadOnlySpan<Metric> metrics, string name)
    {
        foreach (ref readonly Metric metric in metrics)
        {
            if (metric.Name == name)
            {
                return metric.Value;
            }
        }

        throw new ArgumentException(
            $"The metrics of the validation lack '{name}', which TrainingRunOptions.BestMetric names; log it with each validation, or leave BestMetric null to compare losses.",
            nameof(metrics));
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

    // What a device has finished counts for a checkpoint, whether the log has come to it or not.
    private void CatchUpWithGradients()
    {
        foreach (GradientDelivery delivery in Volatile.Read(ref _deliveries))
        {
            delivery.CatchUp();
        }
    }

    private void Observe(in GradientStatistics gradients)
    {
        lock (_gate)
        {
            _epoch.Add(gradients);
        }

        if (gradients.Clipped)
        {
            _stability.GradientsClipped(gradients.Step, gradients.Norm, gradients.Threshold, gradients.Coefficient);
        }

        if (!gradients.FoundInf)
        {
            return;
        }

        bool damaging = (gradients.Action & GradientAction.Reported) != 0;
        Interlocked.Increment(ref _nonFiniteSteps);
        if (damaging)
        {
            Interlocked.Increment(ref _damagingSteps);
        }

        LogNumericalIssue(new NumericalIssue(
            gradients.NaNCount > 0 ? NumericalIssueType.NaN : NumericalIssueType.Infinity,
            damaging ? IssueSeverity.High : IssueSeverity.Medium,
            gradients.FirstNonFinite ?? "gradients",
            gradients.RecoveryAction)
        {
            Step = gradients.Step,
            NaNCount = gradients.NaNCount,
            InfinityCount = gradients.InfinityCount,
            ElementCount = gradients.ElementCount,
        });
    }

    private void LogLossIssue(long step, double loss) => LogNumericalIssue(
        new NumericalIssue(double.IsNaN(loss) ? NumericalIssueType.NaN : NumericalIssueType.Infinity, IssueSeverity.High, "loss")
        {
            Step = step,
            NaNCount = double.IsNaN(loss) ? 1 : 0,
            InfinityCount = double.IsInfinity(loss) ? 1 : 0,
            ElementCount = 1,
        });

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
                new("success_rate", summary.SuccessRate),
                new("duration_seconds", summary.Duration.TotalSeconds),
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
