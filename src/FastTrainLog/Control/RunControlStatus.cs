namespace FastTrainLog.Control;

/// <summary>The state of a run that takes commands.</summary>
public sealed record RunControlStatus
{
    /// <summary>Gets the run's identifier.</summary>
    public required string RunId { get; init; }

    /// <summary>Gets the rank of the process among those that train together.</summary>
    public required int Rank { get; init; }

    /// <summary>Gets the number of processes that train together.</summary>
    public required int WorldSize { get; init; }

    /// <summary>Gets the process of the run.</summary>
    public required int ProcessId { get; init; }

    /// <summary>Gets the state: <c>running</c>; <c>pausing</c> or <c>stopping</c> until the step that it is in has ended; <c>paused</c>; <c>stopped</c> once its loop has been told.</summary>
    public required string State { get; init; }

    /// <summary>Gets the step that was logged last; null before the first.</summary>
    public long? Step { get; init; }

    /// <summary>Gets the number of steps of the run; null if it is not known.</summary>
    public long? TotalSteps { get; init; }

    /// <summary>Gets whether the program saves a checkpoint on command.</summary>
    public required bool SavesCheckpoints { get; init; }

    /// <summary>Gets the values that can be set: those that the program has asked for so far.</summary>
    public required IReadOnlyList<ControlledValue> Values { get; init; }
}
