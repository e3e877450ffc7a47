namespace FastTrainLog.Shipping;

/// <summary>A log directory that is shipped.</summary>
/// <param name="Directory">Its full path.</param>
/// <param name="Name">Its name among those shipped together, with <c>/</c> between parts: its path below the root that is watched; empty if it is the only one.</param>
public sealed record ShipSource(string Directory, string Name);
