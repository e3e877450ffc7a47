namespace FastTrainLog.Analysis;

/// <summary>The times of an operation.</summary>
/// <param name="Operation">Its name.</param>
/// <param name="Seconds">The distribution of its duration.</param>
/// <param name="TotalSeconds">The sum of all of them.</param>
/// <param name="Change">The relative increase of the duration from the first quarter of them to the last; NaN if there are fewer than eight.</param>
/// <param name="Throughput">The samples per second; null if none was logged.</param>
/// <param name="Series">The seconds of each by its index, in at most 512 points.</param>
public sealed record OperationFigures(string Operation, Percentiles Seconds, double TotalSeconds, double Change, Percentiles? Throughput, IReadOnlyList<SeriesPoint> Series);
