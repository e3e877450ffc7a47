namespace FastTrainLog.Dashboard.Logs;

/// <summary>The figures of a run that require its analysis.</summary>
/// <param name="Warnings">The number of warnings.</param>
/// <param name="Errors">The number of errors, critical ones included.</param>
/// <param name="NonFinite">The number of steps with a loss or gradients that were not finite.</param>
/// <param name="Anomalies">The number of anomalies of each kind; of several ranks, those of the lowest.</param>
/// <param name="Loss">The course of the loss.</param>
internal sealed record RunTotals(long Warnings, long Errors, long NonFinite, LossCourse Loss, IReadOnlyDictionary<string, long> Anomalies)
{
    /// <summary>Returns the totals of a run; null if those of a rank, or the losses, are not known yet.</summary>
    /// <param name="ranks">The totals of its ranks.</param>
    /// <param name="merged">The course of the loss, merged, if there are several ranks.</param>
    public static RunTotals? Of(IReadOnlyList<RunTotals?> ranks, LossCourse? merged) => ranks.Count == 1 ? ranks[0] : merged is null || ranks.Contains(null) ? null : new RunTotals(
        ranks.Sum(rank => rank!.Warnings),
        ranks.Sum(rank => rank!.Errors),
        ranks.Max(rank => rank!.NonFinite),
        merged,
        ranks[0]!.Anomalies);
}
