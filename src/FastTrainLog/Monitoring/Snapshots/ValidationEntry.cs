namespace FastTrainLog.Monitoring.Snapshots;

/// <summary>A validation of the model.</summary>
/// <param name="Epoch">The epoch.</param>
/// <param name="Step">The step.</param>
/// <param name="ValLoss">The loss over the validation data.</param>
/// <param name="ValMetrics">Further figures.</param>
/// <param name="IsBest">Whether it was the best so far.</param>
/// <param name="Timestamp">The time, in UTC.</param>
public sealed record ValidationEntry(int Epoch, long Step, double ValLoss, IReadOnlyDictionary<string, double> ValMetrics, bool IsBest, DateTime Timestamp);
