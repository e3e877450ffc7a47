namespace FastTrainLog.Control;

/// <summary>Who sends a command, as the system says.</summary>
/// <param name="User">The user's name.</param>
/// <param name="UserId">The user's number; null where the system has none.</param>
/// <param name="ProcessId">The process; null where the system does not say.</param>
internal readonly record struct ControlPeer(string User, long? UserId, int? ProcessId);
