namespace FastTrainLog.Analysis;

/// <summary>The samples per second of a run's steps.</summary>
/// <param name="Overall">The samples of all steps divided by the time of all steps.</param>
/// <param name="Distribution">The distribution over the steps.</param>
/// <param name="Series">Their series by steps.</param>
public sealed record ThroughputFigures(double Overall, Percentiles Distribution, IReadOnlyList<SeriesPoint> Series);
