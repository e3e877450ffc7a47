namespace FastTrainLog.Analysis.Reports;

/// <summary>A line of a chart.</summary>
/// <param name="Name">What it shows.</param>
/// <param name="Points">Its points.</param>
/// <param name="Dots">Whether each point is a dot, as fits few values far apart.</param>
internal sealed record ChartSeries(string Name, IReadOnlyList<SeriesPoint> Points, bool Dots = false);
