namespace FastTrainLog.Analysis;

/// <summary>A rank that was much slower than the others for a time.</summary>
/// <param name="Rank">The rank.</param>
/// <param name="FirstStep">The first step of that time.</param>
/// <param name="LastStep">The last step of it.</param>
/// <param name="Score">The highest robust z-score.</param>
/// <param name="Factor">The maximum factor of its step time over the median of the ranks.</param>
public sealed record Straggler(long Rank, long FirstStep, long LastStep, double Score, double Factor);
