namespace FastTrainLog.Analysis;

/// <summary>What a run cost in time and memory.</summary>
/// <param name="RelativeError">How far a percentile may be off, as a share.</param>
/// <param name="StepSeconds">The seconds of a step; null where there is none.</param>
/// <param name="StepSecondsChange">By how much the last quarter's steps are slower than the first quarter's, as a share; NaN where there are too few.</param>
/// <param name="StepSecondsSeries">Their course by steps.</param>
/// <param name="Operations">The operations, the one that took most time first; at most 200 of them.</param>
/// <param name="ModelOperations">What was done to models, by operation.</param>
/// <param name="ManagedBytes">The managed memory by seconds of the run.</param>
/// <param name="ProcessBytes">The memory of the process by seconds of the run.</param>
/// <param name="ProcessBytesPerHour">By how much it grows in an hour, over the last half of the run; NaN where the run is shorter than ten minutes.</param>
/// <param name="ProcessCpu">The processor time of the process, in percent of one processor, by seconds of the run.</param>
/// <param name="GpuBytes">The GPU memory that operations were logged with, by seconds of the run.</param>
/// <param name="GpuUtilization">The utilisation of GPUs that operations were logged with, in percent, by seconds of the run.</param>
/// <param name="Gpus">The GPUs that were sampled, by number.</param>
public sealed record PerformanceFigures(
    double RelativeError,
    Percentiles? StepSeconds,
    double StepSecondsChange,
    IReadOnlyList<SeriesPoint> StepSecondsSeries,
    IReadOnlyList<OperationFigures> Operations,
    IReadOnlyList<ModelOperationFigures> ModelOperations,
    ValueFigures? ManagedBytes,
    ValueFigures? ProcessBytes,
    double ProcessBytesPerHour,
    ValueFigures? ProcessCpu,
    ValueFigures? GpuBytes,
    ValueFigures? GpuUtilization,
    IReadOnlyList<GpuFigures> Gpus);
