namespace FastTrainLog.Analysis.Reports;

/// <summary>An event at a position of a chart, or from one position to another.</summary>
/// <param name="First">The position at which it began.</param>
/// <param name="Last">The position at which it ended.</param>
/// <param name="Text">A description.</param>
internal sealed record ChartMark(long First, long Last, string Text);
