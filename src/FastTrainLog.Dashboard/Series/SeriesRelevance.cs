namespace FastTrainLog.Dashboard.Series;

/// <summary>How unusual a series is for its own run, and why.</summary>
/// <param name="Series">The name of the series.</param>
/// <param name="Score">The greatest distance from what was usual before, in robust standard deviations; 0 if nothing is unusual.</param>
/// <param name="Why">What is unusual, or null.</param>
/// <param name="Step">The step at which it is, or null.</param>
internal sealed record SeriesRelevance(string Series, double Score, string? Why, long? Step);
