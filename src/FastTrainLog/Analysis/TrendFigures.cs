namespace FastTrainLog.Analysis;

/// <summary>Where the loss is heading, by its exponential mean over a hundred steps.</summary>
/// <param name="Smoothed">The mean at the last step.</param>
/// <param name="BestSmoothed">The least that the mean was.</param>
/// <param name="BestSmoothedStep">The step at which it was.</param>
/// <param name="SlopePerThousandSteps">By how much the loss changes in a thousand steps, over the last quarter of the run; NaN before there is a quarter.</param>
/// <param name="Direction"><c>falling</c>, <c>flat</c> or <c>rising</c>: whether a thousand such steps, or as many as the quarter has, move the mean by more than 2 %.</param>
public sealed record TrendFigures(double Smoothed, double BestSmoothed, long BestSmoothedStep, double SlopePerThousandSteps, string Direction);
