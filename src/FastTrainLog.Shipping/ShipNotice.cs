namespace FastTrainLog.Shipping;

/// <summary>Something about shipping that a person should know.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Source">The log directory.</param>
/// <param name="Target">The target's name.</param>
/// <param name="Message">What happened, and what is done about it; never a secret.</param>
public sealed record ShipNotice(ShipNoticeKind Kind, ShipSource Source, string Target, string Message);
