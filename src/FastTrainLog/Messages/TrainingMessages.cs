using FastTrainLog.Platform;
using FastTrainLog.Records;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Training;

/// <summary>The messages of a training run. Arguments that no template shows are in the JSON lines only.</summary>
internal static partial class TrainingMessages
{
    // For programs; in a text line they would obscure the relevant values.
#pragma warning disable FTL0015
    [TrainLog(TrainingEvents.RunStarted, LogLevel.Information,
        "Training started - Model: {Model}[?, Epochs: {Epochs}][?, Steps: {TotalSteps}][?, Batch Size: {BatchSize}][?, LR: {LearningRate:0.00e+00}][?, Optimizer: {Optimizer}], Run: {RunId}[?, Rank: {Rank} of {WorldSize}][?, Best: {BestOrder}][? {BestMetric}][?, Damaged checkpoints: {CheckpointGuard}][?, Resumed at step: {FromStep}][?, Name: {RunName}][?, Group: {Group}][?, Tags: {Tags}]")]
    public static partial void RunStarted(
        this TrainLogger logger,
        string model,
        int? epochs,
        long? totalSteps,
        int? batchSize,
        double? learningRate,
        string? optimizer,
        string runId,
        int? rank,
        int? worldSize,
        string? bestOrder,
        string? bestMetric,
        CheckpointGuard? checkpointGuard,
        long? fromStep,
        string? runName,
        string? group,
        string? tags,
        PropertyList config,
        string? commit,
        string? branch,
        [LogName("command_line")] string? commandLine,
        [LogName("working_directory")] string? workingDirectory,
        PropertyList environment);
#pragma warning restore FTL0015

    [TrainLog(TrainingEvents.RunAnnounced, LogLevel.Information, "Run {RunId} of {Model} started by process {ProcessId} on {Machine}, {Runtime}, {OperatingSystem}[?, rank {Rank} of {WorldSize}]")]
    public static partial void RunAnnounced(
        this TrainLogger logger, string runId, string model, int processId, string machine, string runtime, string operatingSystem, int? rank, int? worldSize);

    [TrainLog(TrainingEvents.RunConcluded, LogLevel.Information, "Run {RunId} of {Model} ended after {Duration:g} and {Steps} steps: {Outcome}[? ({Reason})]")]
    public static partial void RunConcluded(this TrainLogger logger, string runId, string model, TimeSpan duration, long steps, string outcome, string? reason);

    [TrainLog(TrainingEvents.LoggedAfterEnd, LogLevel.Warning, "{Call}[? of step {AtStep}] came after the end of run {RunId} and is discarded, like all that follow")]
    public static partial void LoggedAfterEnd(this TrainLogger logger, string call, long? atStep, string runId);

    [TrainLog(TrainingEvents.CallsAfterEnd, LogLevel.Warning, "{Count} calls came after the end of run {RunId} and were discarded")]
    public static partial void CallsAfterEnd(this TrainLogger logger, long count, string runId);

    [TrainLog(TrainingEvents.Step, LogLevel.Information,
        "Epoch {Epoch}, Step {Step}[?/{TotalSteps} ({Progress:F1}%)] - Loss: {Loss:F6}, LR: {LearningRate:0.00e+00}[?, ETA: {Eta:g}], Phase: {Phase}[?, Accuracy: {Accuracy:F4}]" +
        "[?, Gradient norm: {GradientNorm:F6}, Stability: {StabilityScore:F4}, Clipping ratio: {ClippingRatio:F4}][?, Throughput: {Throughput:F1} samples/s][?, Duration: {StepSeconds:F6}s][?, {Metrics}]")]
    public static partial void Step(
        this TrainLogger logger,
        int epoch,
        long step,
        long? totalSteps,
        double? progress,
        double loss,
        double learningRate,
        TimeSpan? eta,
        string phase,
        double? accuracy,
        double? gradientNorm,
        double? stabilityScore,
        double? clippingRatio,
        double? throughput,
        double? stepSeconds,
        ReadOnlySpan<Metric> metrics);

    [TrainLog(TrainingEvents.EpochEnded, LogLevel.Information,
        "Epoch {Epoch}[?/{Epochs}] completed - Loss: {Loss:F6}, Steps: {Steps}, Duration: {DurationSeconds:F3}s[?, Throughput: {Throughput:F1} samples/s][?, {Metrics}]")]
    public static partial void EpochEnded(
        this TrainLogger logger, int epoch, int? epochs, double loss, double durationSeconds, double? throughput, long steps, ReadOnlySpan<Metric> metrics);

    [TrainLog(TrainingEvents.RunCompleted, LogLevel.Information,
        "Training {Outcome} successfully - Run: {RunId}, Duration: {Duration:g}, Steps: {Steps}[?, Final Loss: {FinalLoss:F6}][?, Best {BestMetric}: {Best:F6}], Success rate: {SuccessRate:P1}, Issues: {Issues}, Errors: {Errors}[?, Reason: {Reason}][?, Final metrics: {Metrics}]")]
    public static partial void RunCompleted(
        this TrainLogger logger, string runId, string outcome, TimeSpan duration, long steps, double? finalLoss, string bestMetric, double? best, double successRate, long issues, long errors, string? reason, ReadOnlySpan<Metric> metrics);

    [TrainLog(TrainingEvents.RunFailed, LogLevel.Warning,
        "Training {Outcome} - Run: {RunId}[?, Reason: {Reason}], Duration: {Duration:g}[?, Steps: {Steps}][?, Last step: {LastStep}][?, Final Loss: {FinalLoss:F6}][?, Best {BestMetric}: {Best:F6}][?, Success rate: {SuccessRate:P1}][?, Issues: {Issues}][?, Errors: {Errors}][?, Final metrics: {Metrics}]")]
    public static partial void RunFailed(
        this TrainLogger logger, string runId, string outcome, string? reason, TimeSpan duration, long? steps, long? lastStep, double? finalLoss, string? bestMetric, double? best, double? successRate, long? issues, long? errors, ReadOnlySpan<Metric> metrics);

    [TrainLog(TrainingEvents.Validation, LogLevel.Information,
        "Validation - Epoch {Epoch}, Step {Step}, Loss: {Loss:F6}[?, {Metrics}][?, Best so far: {Best:F6} at step {BestStep}], Is best: {IsBest}")]
    public static partial void Validation(this TrainLogger logger, int epoch, long step, double loss, double? best, long? bestStep, bool isBest, ReadOnlySpan<Metric> metrics);

    [TrainLog(TrainingEvents.BestValidation, LogLevel.Information,
        "BEST Validation - Epoch {Epoch}, Step {Step}, Loss: {Loss:F6}[?, {Metrics}], Is best: {IsBest}")]
    public static partial void BestValidation(this TrainLogger logger, int epoch, long step, double loss, bool isBest, ReadOnlySpan<Metric> metrics);

    [TrainLog(TrainingEvents.CheckpointSaved, LogLevel.Information,
        "Checkpoint saved - Epoch {Epoch}, Step {Step}, Loss: {Loss:F6}, Path: {Path}[?, Size: {SizeBytes:bytes}][?, {Metrics}]")]
    public static partial void CheckpointSaved(
        this TrainLogger logger, int epoch, long step, double loss, string path, long? sizeBytes, ReadOnlySpan<Metric> metrics);

    [TrainLog(TrainingEvents.CheckpointFlagged, LogLevel.Warning,
        "Checkpoint saved, steps with non-finite gradients since the last one: {NonFiniteSteps}, {Consequence} - Epoch {Epoch}, Step {Step}, Loss: {Loss:F6}, Path: {Path}[?, Size: {SizeBytes:bytes}][?, {Metrics}]")]
    public static partial void CheckpointFlagged(
        this TrainLogger logger, long nonFiniteSteps, string consequence, int epoch, long step, double loss, string path, long? sizeBytes, ReadOnlySpan<Metric> metrics);

    [TrainLog(TrainingEvents.CheckpointRefused, LogLevel.Error,
        "Checkpoint refused, steps whose non-finite gradients went into the model: {NonFiniteSteps} - Epoch {Epoch}, Step {Step}, Loss: {Loss:F6}, Path: {Path}; load the last good checkpoint")]
    public static partial void CheckpointRefused(this TrainLogger logger, long nonFiniteSteps, int epoch, long step, double loss, string path);

    [TrainLog(EventId = TrainingEvents.NumericalIssue, Message =
        "Numerical issue - {Type} ({Severity}) in {Location}[? at step {Step}][?, Shape: {TensorShape}][?, NaN: {NaNCount}][?, Inf: {InfinityCount}][? of {ElementCount} values][?, Value: {Value:G6}], Recovery: {RecoveryAction}")]
    public static partial void NumericalIssue(
        this TrainLogger logger,
        LogLevel level,
        NumericalIssueType type,
        IssueSeverity severity,
        string location,
        long? step,
        string? tensorShape,
        long? naNCount,
        long? infinityCount,
        long? elementCount,
        double? value,
        string recoveryAction);

    [TrainLog(TrainingEvents.GradientsClipped, LogLevel.Debug,
        "Gradients clipped at step {Step} - Norm: {Norm:F6}, Limit: {Limit:F6}, Coefficient: {Coefficient:F6}")]
    public static partial void GradientsClipped(this TrainLogger logger, long step, double norm, double limit, double coefficient);

    [TrainLog(TrainingEvents.Gradients, LogLevel.Information,
        "Gradients of step {Step} - Norm: {GradientNorm:F6}, Maximum: {AbsoluteMaximum:G6}[?, Limit: {Limit:F6}], Coefficient: {Coefficient:F6}, Stability: {StabilityScore:F4}, Clipping ratio: {ClippingRatio:F4}, " +
        "Zeros: {ZeroCount} of {ElementCount} values[?, NaN: {NaNCount}][?, Inf: {InfinityCount}], Recovery: {RecoveryAction}")]
    public static partial void Gradients(
        this TrainLogger logger,
        long step,
        double gradientNorm,
        double absoluteMaximum,
        double? limit,
        double coefficient,
        double stabilityScore,
        double clippingRatio,
        long zeroCount,
        long elementCount,
        long? naNCount,
        long? infinityCount,
        string recoveryAction);

    [TrainLog(TrainingEvents.GradientLayer, LogLevel.Information,
        "Gradients of step {Step} in {Layer} - Norm: {Norm:G6}, Maximum: {AbsoluteMaximum:G6}, Coefficient: {Coefficient:F6}, NaN: {NaNCount}, Inf: {InfinityCount}, Zeros: {ZeroCount} of {ElementCount} values")]
    public static partial void GradientLayer(
        this TrainLogger logger,
        long step,
        string layer,
        double norm,
        double absoluteMaximum,
        double coefficient,
        long naNCount,
        long infinityCount,
        long zeroCount,
        long elementCount);

    [TrainLog(TrainingEvents.GradientHistogram, LogLevel.Information, "Gradient magnitudes of step {Step} in {Layer} - {Bins:F0}")]
    public static partial void GradientHistogram(this TrainLogger logger, long step, string layer, ReadOnlySpan<Metric> bins);

    [TrainLog(TrainingEvents.GradientStatisticsLost, LogLevel.Warning,
        "Statistics of {Lost} steps before step {Step} were overwritten before they could be read, {NonFiniteSteps} of them not finite; the log could not keep up with the device")]
    public static partial void GradientStatisticsLost(this TrainLogger logger, long lost, long step, long nonFiniteSteps);

    [TrainLog(TrainingEvents.GradientHistogramsLost, LogLevel.Warning,
        "Histograms of {Lost} steps up to step {Step} were overwritten before they could be read; the log could not keep up with the device")]
    public static partial void GradientHistogramsLost(this TrainLogger logger, long lost, long step);

    [TrainLog(TrainingEvents.GradientFallback, LogLevel.Warning,
        "Gradients are clipped by torch's operators instead of the CUDA kernels, which blocks the training thread until the device has finished each step: {Reason}")]
    public static partial void GradientFallback(this TrainLogger logger, string reason);

    [TrainLog(TrainingEvents.GradientsOutstanding, LogLevel.Warning, "The gradient statistics of the last {Missing} steps issued to the device are missing: {Reason}")]
    public static partial void GradientsOutstanding(this TrainLogger logger, long missing, string reason);

    [TrainLog(TrainingEvents.GradientGuard, LogLevel.Information, "Gradient guard - Limit: {Limit}, Non-finite gradients: {Policy}")]
    public static partial void GradientGuard(this TrainLogger logger, string limit, Gradients.NonFinitePolicy policy);

    [TrainLog(TrainingEvents.GradientHealth, LogLevel.Information,
        "Gradient health - Epoch {Epoch}, Norm: {LowestNorm:F6} to {HighestNorm:F6}, mean {MeanNorm:F6}, Clipped: {ClippedSteps} of {Steps} steps, Non-finite: {NonFiniteSteps} steps, Stability: {StabilityScore:F4}")]
    public static partial void GradientHealth(
        this TrainLogger logger, int epoch, double lowestNorm, double highestNorm, double meanNorm, long clippedSteps, long steps, long nonFiniteSteps, double stabilityScore);

    [TrainLog(EventId = TrainingEvents.ErrorWithContext, Message =
        "{Operation} failed - {Category}: {Error}[? - Context: {Context}][? - Recovery attempted: {Recovery}][? - Recovered: {Recovered}][? - Suggestion: {Suggestion}]")]
    public static partial void ErrorWithContext(
        this TrainLogger logger,
        LogLevel level,
        string operation,
        ErrorCategory category,
        string error,
        PropertyList context,
        string? recovery,
        bool? recovered,
        string? suggestion,
        Exception exception);

    [TrainLog(TrainingEvents.ErrorSummary, LogLevel.Information,
        "Error summary - Errors: {Errors}, Numerical issues: {Issues}, Steps: {Steps}, Success rate: {SuccessRate:P1}[?, By category: {ByCategory}][?, By type: {ByType}], Outcome: {Outcome}")]
    public static partial void ErrorSummary(this TrainLogger logger, long errors, long issues, long steps, double successRate, string? byCategory, string? byType, string outcome);

    [TrainLog(TrainingEvents.Performance, LogLevel.Information,
        "Performance - {Operation}: Duration: {DurationSeconds:F3}s[?, Throughput: {Throughput:F2} samples/sec][?, Batch Size: {BatchSize}][?, Managed memory: {ManagedBytes:bytes}][? ({ManagedBytesBefore:bytes} before)][?, Process memory: {ProcessBytes:bytes}][? ({ProcessBytesBefore:bytes} before)]" +
        "[?, GPU memory: {GpuBytes:bytes}][?, GPU utilisation: {GpuUtilization:F1}%][?, {Metrics}]")]
    public static partial void Performance(
        this TrainLogger logger,
        string operation,
        double durationSeconds,
        double? throughput,
        int? batchSize,
        long? managedBytes,
        long? managedBytesBefore,
        long? processBytes,
        long? processBytesBefore,
        long? gpuBytes,
        double? gpuUtilization,
        ReadOnlySpan<Metric> metrics);

    [TrainLog(TrainingEvents.ModelOperationStarted, LogLevel.Information, "{Operation}_start - Model: {Model}[?, Details: {Details}]")]
    public static partial void ModelOperationStarted(this TrainLogger logger, string operation, string model, PropertyList details);

    [TrainLog(TrainingEvents.ModelOperationSucceeded, LogLevel.Information, "{Operation}_success - Model: {Model}, Success: {Success}[?, Duration: {DurationSeconds:F3}s][?, Details: {Details}]")]
    public static partial void ModelOperationSucceeded(
        this TrainLogger logger, string operation, string model, double? durationSeconds, bool success, PropertyList details);

    [TrainLog(TrainingEvents.ModelOperationFailed, LogLevel.Error, "{Operation}_failure - Model: {Model}, Success: {Success}[?, Duration: {DurationSeconds:F3}s][?, Details: {Details}]")]
    public static partial void ModelOperationFailed(
        this TrainLogger logger, string operation, string model, double? durationSeconds, bool success, PropertyList details);

    [TrainLog(TrainingEvents.SystemEvent, LogLevel.Information, "{EventType} - {Description}[?, Details: {Details}]")]
    public static partial void SystemEvent(this TrainLogger logger, string eventType, string description, PropertyList details);

    [TrainLog(TrainingEvents.SignalReceived, LogLevel.Warning, "{Signal} received, handled by the program: {Handled}; all that was logged is written out")]
    public static partial void SignalReceived(this TrainLogger logger, string signal, bool handled);

    [TrainLog(TrainingEvents.ControlOpened, LogLevel.Information, "The run takes commands from {User} through {Address}")]
    public static partial void ControlOpened(this TrainLogger logger, string user, string address);

    [TrainLog(TrainingEvents.ControlUnavailable, LogLevel.Warning, "The run takes no commands: {Reason}")]
    public static partial void ControlUnavailable(this TrainLogger logger, string reason);

    [TrainLog(TrainingEvents.ControlCommand, LogLevel.Information,
        "Command {Command}[? {Name}] by {User}[? (uid {UserId})][?, process {ProcessId}][?, through {Source}][? - before: {Before}][?, after: {After}][? - {Text}]")]
    public static partial void ControlCommand(
        this TrainLogger logger, string command, string? name, string user, long? userId, int? processId, string? source, string? before, string? after, string? text);

    [TrainLog(TrainingEvents.ControlRefused, LogLevel.Warning,
        "Command[? {Command}][? {Name}] by {User}[? (uid {UserId})][?, process {ProcessId}][?, through {Source}] refused: {Reason}")]
    public static partial void ControlRefused(
        this TrainLogger logger, string? command, string? name, string user, long? userId, int? processId, string? source, string reason);

    [TrainLog(TrainingEvents.RunPaused, LogLevel.Information, "Training paused[? after step {LastStep}][?, for {PausedSeconds:F0} s by now]")]
    public static partial void RunPaused(this TrainLogger logger, long? lastStep, double? pausedSeconds);

    [TrainLog(TrainingEvents.PauseEnded, LogLevel.Information, "Pause[? after step {LastStep}] ended, it lasted {PausedSeconds:F1} s")]
    public static partial void PauseEnded(this TrainLogger logger, long? lastStep, double pausedSeconds);

    [TrainLog(TrainingEvents.SystemStatistics, LogLevel.Information,
        "system_statistics - {Moment} - Processors: {ProcessorCount}, Processor time: {ProcessorSeconds:F2}s, Managed memory: {ManagedBytes:bytes}, Process memory: {ProcessBytes:bytes}[?, Available memory: {AvailableBytes:bytes}], Total memory: {TotalBytes:bytes}, Collections: {Collections}[?, Disk free: {DiskFreeBytes:bytes}]")]
    public static partial void SystemStatistics(
        this TrainLogger logger, string moment, int processorCount, double processorSeconds, long managedBytes, long processBytes, long? availableBytes, long totalBytes, int collections, long? diskFreeBytes);
}
