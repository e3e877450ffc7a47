namespace FastTrainLog.Analysis;

/// <summary>The samples a second of a run's steps.</summary>
/// <param name="Overall">The samples of all steps over the time of all steps.</param>
/// <param name="Distribution">How the steps are distributed.</param>
/// <param name="Series">Their course by steps.</param>
public sealed record ThroughputFigures(double Overall, Percentiles Distribution, IReadOnlyList<SeriesPoint> Series);
