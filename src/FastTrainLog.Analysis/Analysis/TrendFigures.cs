namespace FastTrainLog.Analysis;

/// <summary>The trend of the loss, from its exponential mean over a hundred steps.</summary>
/// <param name="Smoothed">The mean at the last step.</param>
/// <param name="BestSmoothed">The minimum of the mean.</param>
/// <param name="BestSmoothedStep">The step of that minimum.</param>
/// <param name="SlopePerThousandSteps">The change of the loss in a thousand steps, over the last quarter of the run; NaN before there is a quarter.</param>
/// <param name="Direction"><c>falling</c>, <c>flat</c> or <c>rising</c>: whether a thousand such steps, or as many as the quarter has, change the mean by more than 2 %.</param>
public sealed record TrendFigures(double Smoothed, double BestSmoothed, long BestSmoothedStep, double SlopePerThousandSteps, string Direction);
