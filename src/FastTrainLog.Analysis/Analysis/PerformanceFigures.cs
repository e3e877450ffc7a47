namespace FastTrainLog.Analysis;

/// <summary>The time and memory that a run used.</summary>
/// <param name="RelativeError">The maximum relative error of a percentile.</param>
/// <param name="StepSeconds">The seconds of a step; null if there is none.</param>
/// <param name="StepSecondsChange">The relative increase of the step time from the first quarter of the steps to the last; NaN if there are too few.</param>
/// <param name="StepSecondsSeries">Their series by steps.</param>
/// <param name="Operations">The operations, by descending total time; at most 200 of them.</param>
/// <param name="ModelOperations">The operations on models, by operation.</param>
/// <param name="ManagedBytes">The managed memory by seconds of the run.</param>
/// <param name="ProcessBytes">The memory of the process by seconds of the run.</param>
/// <param name="ProcessBytesPerHour">Its growth per hour, over the last half of the run; NaN if the run is shorter than ten minutes.</param>
/// <param name="ProcessCpu">The processor time of the process, in percent of one processor, by seconds of the run.</param>
/// <param name="GpuBytes">The GPU memory logged with operations, by seconds of the run.</param>
/// <param name="GpuUtilization">The GPU utilisation logged with operations, in percent, by seconds of the run.</param>
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
