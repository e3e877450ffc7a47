using FastTrainLog.Control;

namespace FastTrainLog.Dashboard.Steering;

/// <summary>What can be steered of a run.</summary>
/// <param name="Refusal">Why this client may not steer it; null if it may, or if nobody may.</param>
/// <param name="Ranks">Its processes that take commands; none if it may not be steered, has ended, or its program takes none.</param>
internal sealed record SteeringState(string? Refusal, IReadOnlyList<RunControlStatus> Ranks);
