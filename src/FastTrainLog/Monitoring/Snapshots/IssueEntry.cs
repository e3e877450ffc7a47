namespace FastTrainLog.Monitoring.Snapshots;

/// <summary>A numerical issue.</summary>
/// <param name="Type">What went wrong, a member's name of <see cref="Training.NumericalIssueType"/>.</param>
/// <param name="Severity">Its severity.</param>
/// <param name="Location">The layer or the operation.</param>
/// <param name="Step">The step, or null outside of steps.</param>
/// <param name="NaNCount">The number of NaN elements, or null.</param>
/// <param name="InfinityCount">The number of infinite elements, or null.</param>
/// <param name="RecoveryAction">What was done about it.</param>
/// <param name="Timestamp">The time, in UTC.</param>
public sealed record IssueEntry(
    string Type, string Severity, string Location, long? Step, long? NaNCount, long? InfinityCount, string RecoveryAction, DateTime Timestamp);
