namespace FastTrainLog.Analysis;

/// <summary>A run that a log tells of.</summary>
/// <param name="Id">Its identifier; null for records that belong to no run.</param>
/// <param name="Rank">Which of several processes it is; null where there is one.</param>
/// <param name="Model">The model, or null.</param>
/// <param name="Started">The time of its first record, in UTC.</param>
/// <param name="Ended">The time of its last record, in UTC.</param>
/// <param name="Outcome"><c>completed</c>, <c>failed</c>, or <c>open</c> where no end was logged: it is still running, or was killed.</param>
/// <param name="Reason">Why it ended early, or null.</param>
/// <param name="Records">How many records it has.</param>
/// <param name="LastStep">Its last step, or null.</param>
/// <param name="TotalSteps">How many steps it was to have, or null.</param>
/// <param name="LastLoss">The loss of its last step; null where there is none.</param>
public sealed record RunFigures(
    string? Id,
    long? Rank,
    string? Model,
    DateTime Started,
    DateTime Ended,
    string Outcome,
    string? Reason,
    long Records,
    long? LastStep,
    long? TotalSteps,
    double? LastLoss)
{
    /// <summary>Gets the name that it is asked for by: its identifier, with its rank where it has one, as in <c>20260101-120000-1a2b/3</c>.</summary>
    public string Name => Id is null ? "no-run" : Rank is null ? Id : $"{Id}/{Rank}";
}
