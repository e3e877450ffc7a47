namespace FastTrainLog.Analysis;

/// <summary>A rank whose values differ from those of the others beyond rounding.</summary>
/// <param name="Rank">The rank.</param>
/// <param name="Series">The series that differs: <c>loss</c> or <c>gradient_norm</c>.</param>
/// <param name="FirstStep">The first step at which it differs.</param>
/// <param name="Steps">The number of compared steps at which it differs.</param>
/// <param name="ComparedSteps">The number of compared steps.</param>
/// <param name="LargestDifference">The largest difference, relative to the others' value; NaN if one of the two was not finite.</param>
public sealed record RankDisagreement(long Rank, string Series, long FirstStep, long Steps, long ComparedSteps, double LargestDifference);
