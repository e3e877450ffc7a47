using FastTrainLog.Analysis;

namespace FastTrainLog.Dashboard.Logs;

/// <summary>A run in the list of runs.</summary>
/// <param name="Key">The key by which requests name it.</param>
/// <param name="Run">Its name.</param>
/// <param name="Directory">Its log directory, relative to the directory that was given.</param>
/// <param name="State">Its outcome, as every command shows it.</param>
/// <param name="Reason">The reason for its end, or null.</param>
/// <param name="Name">Its display name, or null.</param>
/// <param name="Group">Its group, or null.</param>
/// <param name="Tags">Its tags.</param>
/// <param name="Model">The model, or null.</param>
/// <param name="Ranks">The number of its processes.</param>
/// <param name="Started">The time of its first record, in UTC.</param>
/// <param name="Ended">The time of its last record, in UTC.</param>
/// <param name="DurationSeconds">Its duration in seconds.</param>
/// <param name="LastStep">Its last step, or null.</param>
/// <param name="TotalSteps">The planned number of steps, or null.</param>
/// <param name="EtaSeconds">The remaining seconds that it logged last; null if it has ended or logs none.</param>
/// <param name="Loss">Its final loss, otherwise that of its last step.</param>
/// <param name="Best">Its best validation, or null.</param>
/// <param name="Warnings">The number of warnings; it and the following are null until they are known.</param>
/// <param name="Errors">The number of errors, critical ones included.</param>
/// <param name="NonFinite">The number of steps with values that were not finite.</param>
/// <param name="Losses">The course of the loss in up to 60 values, each the last of an equal stretch.</param>
/// <param name="LossesNonFinite">The numbers, from 0, of those in whose stretch any value is not finite.</param>
internal sealed record RunRow(
    string Key,
    string Run,
    string Directory,
    string State,
    string? Reason,
    string? Name,
    string? Group,
    IReadOnlyList<string> Tags,
    string? Model,
    int Ranks,
    DateTime Started,
    DateTime Ended,
    double DurationSeconds,
    long? LastStep,
    long? TotalSteps,
    double? EtaSeconds,
    double? Loss,
    double? Best,
    long? Warnings,
    long? Errors,
    long? NonFinite,
    IReadOnlyList<double>? Losses,
    IReadOnlyList<int>? LossesNonFinite)
{
    public static RunRow Of(string key, string directory, RunFigures run, RunTotals? totals) => new(
        key, run.Name, directory, run.Outcome, run.Reason, run.Title, run.Group, run.Tags, run.Model, run.WorldSize, run.Started, run.Ended, run.DurationSeconds,
        run.LastStep, run.TotalSteps, run.Eta?.TotalSeconds, run.FinalLoss ?? run.LastLoss, run.Best, totals?.Warnings, totals?.Errors, totals?.NonFinite, totals?.Loss.Values, totals?.Loss.NonFinite);
}
