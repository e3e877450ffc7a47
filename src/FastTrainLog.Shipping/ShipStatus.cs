namespace FastTrainLog.Shipping;

/// <summary>How far a log directory was shipped to a target.</summary>
/// <param name="Directory">The log directory.</param>
/// <param name="Target">The target's name.</param>
/// <param name="Counters">What was done so far, over all shippers that had this cursor.</param>
/// <param name="Backlog">What is yet to be shipped.</param>
/// <param name="Problem">Why the target does not take records now; null if it does, or if another process ships.</param>
public sealed record ShipStatus(string Directory, string Target, ShipCounters Counters, ShipBacklog Backlog, string? Problem);
