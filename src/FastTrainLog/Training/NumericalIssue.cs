namespace FastTrainLog.Training;

/// <summary>Describes a NaN, an infinity or another numerical issue, its location and the recovery from it.</summary>
/// <param name="Type">What went wrong.</param>
/// <param name="Severity">Its severity.</param>
/// <param name="Location">The layer or the operation.</param>
/// <param name="RecoveryAction">The recovery, such as <c>gradient_zeroing</c>; <c>none</c> if there was none.</param>
public readonly record struct NumericalIssue(NumericalIssueType Type, IssueSeverity Severity, string Location, string RecoveryAction = "none")
{
    /// <summary>Gets the step, or null outside of steps.</summary>
    public long? Step { get; init; }

    /// <summary>Gets the shape of the tensor, such as <c>[32, 64]</c>, or null.</summary>
    public string? TensorShape { get; init; }

    /// <summary>Gets the number of NaN elements, or null if they were not counted.</summary>
    public long? NaNCount { get; init; }

    /// <summary>Gets the number of infinite elements, or null if they were not counted.</summary>
    public long? InfinityCount { get; init; }

    /// <summary>Gets the number of elements examined, or null.</summary>
    public long? ElementCount { get; init; }

    /// <summary>Gets the value concerned, for a spike, an explosion or vanishing gradients, or null.</summary>
    public double? Value { get; init; }
}
