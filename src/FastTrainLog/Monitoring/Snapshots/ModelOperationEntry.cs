namespace FastTrainLog.Monitoring.Snapshots;

/// <summary>An operation on a model that ended.</summary>
/// <param name="Operation">The operation.</param>
/// <param name="ModelName">The model.</param>
/// <param name="Success">Whether it succeeded.</param>
/// <param name="Duration">Its duration, or null.</param>
/// <param name="Details">The values that were logged with it.</param>
/// <param name="Timestamp">The time, in UTC.</param>
public sealed record ModelOperationEntry(
    string Operation, string ModelName, bool Success, TimeSpan? Duration, IReadOnlyDictionary<string, string?> Details, DateTime Timestamp);
