namespace FastTrainLog.Analysis;

/// <summary>The step times of a run's ranks.</summary>
/// <param name="Slowest">The rank with the highest median.</param>
/// <param name="Minimum">The lowest median of a rank, in seconds.</param>
/// <param name="Median">The median of the ranks' medians.</param>
/// <param name="Maximum">The highest median of a rank.</param>
/// <param name="OverTime">The same over the run, in at most 64 windows of equal numbers of logged steps.</param>
public sealed record RankStepTimes(long Slowest, double Minimum, double Median, double Maximum, IReadOnlyList<RankStepWindow> OverTime)
{
    /// <summary>Gets the relative spread of the ranks: the maximum minus the minimum, divided by the median.</summary>
    public double Spread => (Maximum - Minimum) / Median;
}
