namespace FastTrainLog.Analysis;

/// <summary>The predicted time of a run, compared with the actual time.</summary>
/// <param name="Percent">The percentage of the steps completed at the time of the prediction.</param>
/// <param name="Step">The step.</param>
/// <param name="ForetoldSeconds">The predicted remaining seconds.</param>
/// <param name="ActualSeconds">The actual remaining seconds, up to the last step.</param>
/// <param name="ErrorPercent">The difference in percent of the actual seconds: above 0 if the run was faster than predicted.</param>
public sealed record EtaFigures(int Percent, long Step, double ForetoldSeconds, double ActualSeconds, double ErrorPercent);
