namespace FastTrainLog.Analysis;

/// <summary>An unusual event or value.</summary>
/// <param name="Kind">The rule that found it.</param>
/// <param name="Step">The step at which it occurred, or began.</param>
/// <param name="LastStep">The step at which it ended; the same if it is one step long.</param>
/// <param name="Time">The time at which it occurred, or began, in UTC.</param>
/// <param name="Size">Its size: the robust z-score of a spike, the seconds of a stall, the steps of a plateau and of a non-finite loss, the factor of a divergence.</param>
/// <param name="Description">A description.</param>
public sealed record Anomaly(string Kind, long Step, long LastStep, DateTime Time, double Size, string Description);
