namespace FastTrainLog.Shipping;

/// <summary>A target's answer for one record.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Reason">Why it is not done; null if it is.</param>
public readonly record struct RecordAnswer(ShipOutcome Outcome, string? Reason = null);
