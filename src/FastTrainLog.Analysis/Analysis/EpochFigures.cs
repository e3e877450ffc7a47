namespace FastTrainLog.Analysis;

/// <summary>An epoch, as logged at its end.</summary>
/// <param name="Epoch">Its number.</param>
/// <param name="Loss">The mean loss of its steps.</param>
/// <param name="DurationSeconds">Its duration in seconds.</param>
/// <param name="Throughput">The samples per second, or null.</param>
/// <param name="Steps">The number of its steps.</param>
public sealed record EpochFigures(long Epoch, double Loss, double DurationSeconds, double? Throughput, long Steps);
