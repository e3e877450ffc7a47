namespace FastTrainLog.Monitoring.Snapshots;

/// <summary>How long an operation took and what it used.</summary>
/// <param name="Operation">The operation.</param>
/// <param name="Duration">Its duration.</param>
/// <param name="MemoryUsage">Bytes by kind: <c>managed</c>, <c>process</c>, <c>gpu</c> if a driver reports it, and of operations <c>managed_before</c> and <c>process_before</c>.</param>
/// <param name="GpuUtilization">The utilisation of the GPUs in percent, or null.</param>
/// <param name="Throughput">Samples a second, or null.</param>
/// <param name="BatchSize">Samples at once, or null.</param>
/// <param name="Timestamp">The time, in UTC.</param>
public sealed record PerformanceEntry(
    string Operation, TimeSpan Duration, IReadOnlyDictionary<string, long> MemoryUsage, double? GpuUtilization, double? Throughput, int? BatchSize, DateTime Timestamp);
