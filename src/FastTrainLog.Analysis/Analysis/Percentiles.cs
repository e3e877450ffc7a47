namespace FastTrainLog.Analysis;

/// <summary>
/// The distribution of values. A percentile is interpolated linearly between the two nearest ranks (type 7 of Hyndman and Fan, as in NumPy, R and Excel), with an error of at
/// most 1 %.
/// </summary>
/// <param name="Count">The number of values.</param>
/// <param name="Mean">Their mean; it and the following are NaN if there are none.</param>
/// <param name="P50">The 50th percentile, the median.</param>
/// <param name="P90">The 90th percentile.</param>
/// <param name="P99">The 99th percentile.</param>
/// <param name="Maximum">The maximum.</param>
public sealed record Percentiles(long Count, double Mean, double P50, double P90, double P99, double Maximum);
