namespace FastTrainLog.Analysis;

/// <summary>What a run foretold of its end, against what became of it.</summary>
/// <param name="Percent">The part of the steps that were done then.</param>
/// <param name="Step">The step.</param>
/// <param name="ForetoldSeconds">The seconds that the rest was to take.</param>
/// <param name="ActualSeconds">The seconds that it took, up to the last step.</param>
/// <param name="ErrorPercent">The difference in percent of the actual seconds: above 0 where it was faster than foretold.</param>
public sealed record EtaFigures(int Percent, long Step, double ForetoldSeconds, double ActualSeconds, double ErrorPercent);
