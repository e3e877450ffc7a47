namespace FastTrainLog.Monitoring.Snapshots;

/// <summary>The number of entries omitted from a snapshot's lists: each keeps the first and the latest entries.</summary>
/// <param name="Checkpoints">Of the checkpoints.</param>
/// <param name="ValidationResults">Of the validations.</param>
/// <param name="Errors">Of the errors.</param>
/// <param name="NumericalIssues">Of the numerical issues.</param>
/// <param name="PerformanceMetrics">Of the performance metrics.</param>
/// <param name="ModelOperations">Of the operations on models.</param>
/// <param name="Series">Names of metrics beyond the first that have a series.</param>
public sealed record LeftOut(
    long Checkpoints, long ValidationResults, long Errors, long NumericalIssues, long PerformanceMetrics, long ModelOperations, long Series);
