namespace FastTrainLog.Analysis;

/// <summary>One process of a run.</summary>
/// <param name="Rank">Its rank.</param>
/// <param name="Directory">The directory of its log.</param>
/// <param name="Outcome">Its outcome.</param>
/// <param name="Reason">The reason for its end, or null.</param>
/// <param name="LastStep">Its last step, or null.</param>
/// <param name="LastProgress">The time at which it last logged progress, in UTC.</param>
/// <param name="IsSilent">Whether it has not ended but stopped logging while others continued.</param>
/// <param name="StepSeconds">The median of its step times; it and the next two are null if it logged none.</param>
/// <param name="StepSecondsP99">The 99th percentile of its step times.</param>
/// <param name="StepTimeScore">The robust z-score of its median among those of all ranks; null with fewer than three.</param>
/// <param name="LastLoss">The loss of its last step; null if there is none.</param>
/// <param name="NonFiniteSteps">The number of its steps with non-finite numbers.</param>
/// <param name="Warnings">The number of warnings that it logged.</param>
/// <param name="Errors">The number of errors and critical errors.</param>
public sealed record RankSummary(
    long Rank,
    string Directory,
    string Outcome,
    string? Reason,
    long? LastStep,
    DateTime LastProgress,
    bool IsSilent,
    double? StepSeconds,
    double? StepSecondsP99,
    double? StepTimeScore,
    double? LastLoss,
    long NonFiniteSteps,
    long Warnings,
    long Errors);
