namespace FastTrainLog.Analysis;

/// <summary>An epoch as it was logged at its end.</summary>
/// <param name="Epoch">Its number.</param>
/// <param name="Loss">The mean loss of its steps.</param>
/// <param name="DurationSeconds">Its seconds.</param>
/// <param name="Throughput">The samples a second, or null.</param>
/// <param name="Steps">Its steps.</param>
public sealed record EpochFigures(long Epoch, double Loss, double DurationSeconds, double? Throughput, long Steps);
