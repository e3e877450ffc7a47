namespace FastTrainLog.Analysis;

/// <summary>Something out of the ordinary.</summary>
/// <param name="Kind">Which rule found it.</param>
/// <param name="Step">The step at which it is, or began.</param>
/// <param name="LastStep">The step at which it ended; the same where it is one step long.</param>
/// <param name="Time">When it was, or began, in UTC.</param>
/// <param name="Size">How large it is: the robust z-score of a spike, the seconds of a stall, the steps of a plateau and of a loss that is not finite, the factor of a divergence.</param>
/// <param name="Description">It, in words.</param>
public sealed record Anomaly(string Kind, long Step, long LastStep, DateTime Time, double Size, string Description);
