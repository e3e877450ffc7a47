namespace FastTrainLog.Training;

/// <summary>What came of a run.</summary>
public sealed record RunSummary
{
    /// <summary>Gets a value indicating whether the run ended as it should.</summary>
    public required bool Success { get; init; }

    /// <summary>Gets why the run ended, or null where nothing needs to be said.</summary>
    public required string? Reason { get; init; }

    /// <summary>Gets how long the run took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Gets the number of steps logged.</summary>
    public required long Steps { get; init; }

    /// <summary>Gets the loss at the end, or null where no step was logged.</summary>
    public required double? FinalLoss { get; init; }

    /// <summary>Gets the best validation's loss or metric, or null where none was logged.</summary>
    public required double? Best { get; init; }

    /// <summary>Gets the share of steps whose loss and gradients were finite: 0 to 1; 1 where there was no step.</summary>
    public required double SuccessRate { get; init; }

    /// <summary>Gets the number of numerical issues logged.</summary>
    public required long Issues { get; init; }

    /// <summary>Gets the number of errors logged.</summary>
    public required long Errors { get; init; }
}
