namespace FastTrainLog.Analysis.Reports;

/// <summary>A line of a chart.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Points">Its points.</param>
/// <param name="Dots">Whether each point is drawn as a dot, which suits few values far apart.</param>
internal sealed record ChartSeries(string Name, IReadOnlyList<SeriesPoint> Points, bool Dots = false);
