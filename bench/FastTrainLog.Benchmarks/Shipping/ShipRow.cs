namespace FastTrainLog.Benchmarks.Shipping;

/// <summary>A figure of shipping.</summary>
/// <param name="What">What is measured.</param>
/// <param name="Value">The figure; the median of the rounds.</param>
/// <param name="Unit">Its unit.</param>
internal sealed record ShipRow(string What, double Value, string Unit);
