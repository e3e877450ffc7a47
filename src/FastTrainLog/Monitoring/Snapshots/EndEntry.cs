using FastTrainLog.Training;

namespace FastTrainLog.Monitoring.Snapshots;

/// <summary>The result of a run that has ended.</summary>
/// <param name="Outcome">What happened to it.</param>
/// <param name="Reason">Why it ended, or null.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="Steps">The steps that it logged.</param>
/// <param name="FinalLoss">The loss at its end, or null.</param>
/// <param name="SuccessRate">The share of steps whose loss and gradients were finite, 0 to 1.</param>
/// <param name="Issues">The numerical issues that it logged.</param>
/// <param name="Errors">The errors that it logged.</param>
/// <param name="Metrics">The final metrics.</param>
/// <param name="Timestamp">The time, in UTC.</param>
public sealed record EndEntry(
    RunOutcome Outcome,
    string? Reason,
    TimeSpan Duration,
    long Steps,
    double? FinalLoss,
    double SuccessRate,
    long Issues,
    long Errors,
    IReadOnlyDictionary<string, double> Metrics,
    DateTime Timestamp);
