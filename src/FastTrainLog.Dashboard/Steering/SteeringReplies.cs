namespace FastTrainLog.Dashboard.Steering;

/// <summary>What the processes of a run answered to a command.</summary>
/// <param name="Replies">The answer of each.</param>
internal sealed record SteeringReplies(IReadOnlyList<SteeringReply> Replies);
