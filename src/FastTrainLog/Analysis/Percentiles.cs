namespace FastTrainLog.Analysis;

/// <summary>How values are distributed; percentiles are at most 1 % off.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="Mean">Their mean; NaN where there are none, as are the following.</param>
/// <param name="P50">The median.</param>
/// <param name="P90">The value that a tenth of them exceed.</param>
/// <param name="P99">The value that a hundredth of them exceed.</param>
/// <param name="Maximum">The greatest.</param>
public sealed record Percentiles(long Count, double Mean, double P50, double P90, double P99, double Maximum);
