namespace FastTrainLog.Analysis;

/// <summary>A point of a series, which stands for one value or for several neighbours.</summary>
/// <param name="Position">The step of the first of them, or its second since the start of the run where the series goes by time.</param>
/// <param name="Minimum">The least finite one; NaN where none is finite.</param>
/// <param name="Mean">The mean of the finite ones; NaN where none is finite.</param>
/// <param name="Maximum">The greatest finite one; NaN where none is finite.</param>
/// <param name="NonFinite">How many are NaN or infinite.</param>
public readonly record struct SeriesPoint(long Position, double Minimum, double Mean, double Maximum, long NonFinite);
