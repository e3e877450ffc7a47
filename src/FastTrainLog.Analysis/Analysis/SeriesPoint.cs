namespace FastTrainLog.Analysis;

/// <summary>A point of a series, which represents one value or several neighbouring ones.</summary>
/// <param name="Position">The step of the first of them, or its second since the start of the run if the series is over time.</param>
/// <param name="Minimum">The minimum of the finite ones; NaN if none is finite.</param>
/// <param name="Mean">The mean of the finite ones; NaN if none is finite.</param>
/// <param name="Maximum">The maximum of the finite ones; NaN if none is finite.</param>
/// <param name="NonFinite">The number that are NaN or infinite.</param>
public readonly record struct SeriesPoint(long Position, double Minimum, double Mean, double Maximum, long NonFinite);
