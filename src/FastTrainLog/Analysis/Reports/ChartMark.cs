namespace FastTrainLog.Analysis.Reports;

/// <summary>Something that happened at a position of a chart, or from one to another.</summary>
/// <param name="First">Where it began.</param>
/// <param name="Last">Where it ended.</param>
/// <param name="Kind">What it is, a class of the style sheet.</param>
/// <param name="Text">It, in words.</param>
internal sealed record ChartMark(long First, long Last, string Kind, string Text);
