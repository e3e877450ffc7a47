namespace FastTrainLog.Analysis;

/// <summary>The times of an operation.</summary>
/// <param name="Operation">Its name.</param>
/// <param name="Seconds">How long it takes.</param>
/// <param name="TotalSeconds">All of them together.</param>
/// <param name="Change">By how much the last quarter of them is slower than the first, as a share; NaN where there are fewer than eight.</param>
/// <param name="Throughput">The samples a second; null where none was logged.</param>
/// <param name="Series">The seconds of each by its number, in at most 512 points.</param>
public sealed record OperationFigures(string Operation, Percentiles Seconds, double TotalSeconds, double Change, Percentiles? Throughput, IReadOnlyList<SeriesPoint> Series);
