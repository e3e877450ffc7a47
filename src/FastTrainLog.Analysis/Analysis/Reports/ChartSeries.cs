namespace FastTrainLog.Analysis.Reports;

/// <summary>A line of a chart.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Points">Its points.</param>
internal sealed record ChartSeries(string Name, IReadOnlyList<SeriesPoint> Points);
