namespace FastTrainLog.Monitoring.Snapshots;

/// <summary>A checkpoint that was saved, flagged or refused.</summary>
/// <param name="Epoch">The epoch.</param>
/// <param name="Step">The step.</param>
/// <param name="Loss">Its loss.</param>
/// <param name="CheckpointPath">The file.</param>
/// <param name="SizeBytes">Its size, or null if it did not exist.</param>
/// <param name="State"><c>saved</c>, <c>flagged</c> or <c>refused</c>.</param>
/// <param name="Metrics">Further figures.</param>
/// <param name="Timestamp">The time, in UTC.</param>
public sealed record CheckpointEntry(
    int Epoch, long Step, double Loss, string CheckpointPath, long? SizeBytes, string State, IReadOnlyDictionary<string, double> Metrics, DateTime Timestamp);
