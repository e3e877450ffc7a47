namespace FastTrainLog.Analysis;

/// <summary>The step times of a run's ranks in a range of steps: for each rank the mean over its steps.</summary>
/// <param name="FirstStep">The first step.</param>
/// <param name="LastStep">The last step.</param>
/// <param name="Minimum">The seconds of the fastest rank.</param>
/// <param name="Median">The median of the ranks.</param>
/// <param name="Maximum">The seconds of the slowest rank.</param>
/// <param name="Slowest">The slowest rank.</param>
public sealed record RankStepWindow(long FirstStep, long LastStep, double Minimum, double Median, double Maximum, long Slowest);
