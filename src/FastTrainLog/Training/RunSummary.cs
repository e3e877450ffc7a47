namespace FastTrainLog.Training;

/// <summary>The result of a run.</summary>
public sealed record RunSummary
{
    /// <summary>Gets what happened to the run.</summary>
    public required RunOutcome Outcome { get; init; }

    /// <summary>Gets a value indicating whether the run succeeded.</summary>
    public bool Success => Outcome == RunOutcome.Completed;

    /// <summary>Gets why the run ended, or null for none.</summary>
    public required string? Reason { get; init; }

    /// <summary>Gets how long the run took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Gets the number of steps taken; a step logged several times, or repeated, counts once, and those between two logged ones count too.</summary>
    public required long Steps { get; init; }

    /// <summary>Gets the loss at the end, or null if no step was logged.</summary>
    public required double? FinalLoss { get; init; }

    /// <summary>Gets the best validation's loss or metric, or null if none was logged.</summary>
    public required double? Best { get; init; }

    /// <summary>
    /// Gets the share of steps whose loss and gradients were finite: 0 to 1; 1 if there was no step. The step in which a run failed counts as one that was not.
    /// </summary>
    public required double SuccessRate { get; init; }

    /// <summary>Gets the number of numerical issues logged.</summary>
    public required long Issues { get; init; }

    /// <summary>Gets the number of errors logged.</summary>
    public required long Errors { get; init; }
}
