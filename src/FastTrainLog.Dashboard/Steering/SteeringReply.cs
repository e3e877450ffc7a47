using FastTrainLog.Control;

namespace FastTrainLog.Dashboard.Steering;

/// <summary>What a process of a run answered to a command.</summary>
/// <param name="Rank">Its rank.</param>
/// <param name="Accepted">Whether it accepted the command.</param>
/// <param name="Message">What changes, or why it was refused.</param>
/// <param name="Status">Its state after the command, or null.</param>
internal sealed record SteeringReply(long Rank, bool Accepted, string Message, RunControlStatus? Status);
