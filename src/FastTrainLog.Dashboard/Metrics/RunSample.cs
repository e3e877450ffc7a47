namespace FastTrainLog.Dashboard.Metrics;

/// <summary>A value of a series.</summary>
/// <param name="UpTo">The label <c>le</c>, the bound of a bucket; null if the series has no buckets.</param>
/// <param name="Value">The value.</param>
internal readonly record struct RunSample(string? UpTo, double Value);
