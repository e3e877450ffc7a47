using RunFigures = FastTrainLog.Analysis.RunFigures;

namespace FastTrainLog.Dashboard.Metrics;

/// <summary>A series of a metric.</summary>
/// <param name="Suffix">What follows the metric's name; empty if nothing does.</param>
/// <param name="Of">Returns its values for a run; none if the log has none.</param>
internal sealed record RunSeries(string Suffix, Func<RunFigures, IEnumerable<RunSample>> Of);
