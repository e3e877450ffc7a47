namespace FastTrainLog.Monitoring.Snapshots;

/// <summary>The last step that a run logged.</summary>
public sealed record ProgressEntry
{
    /// <summary>Gets the epoch, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>Gets the step, from 1 over all epochs.</summary>
    public required long Step { get; init; }

    /// <summary>Gets the number of steps in all epochs, or null if it is not known.</summary>
    public long? TotalSteps { get; init; }

    /// <summary>Gets how much of the run is done, in percent, or null if it is not known.</summary>
    public double? ProgressPercentage { get; init; }

    /// <summary>Gets the loss.</summary>
    public required double Loss { get; init; }

    /// <summary>Gets the learning rate.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Gets the time that the rest of the run will take, or null if it is not known.</summary>
    public TimeSpan? Eta { get; init; }

    /// <summary>Gets the phase of the step.</summary>
    public required string Phase { get; init; }

    /// <summary>Gets the accuracy over the batch, or null.</summary>
    public double? Accuracy { get; init; }

    /// <summary>Gets the norm of the gradients before clipping, or null.</summary>
    public double? GradientNorm { get; init; }

    /// <summary>Gets the stability score of the gradients, 0 to 1, or null.</summary>
    public double? StabilityScore { get; init; }

    /// <summary>Gets the share of steps whose gradients were clipped, 0 to 1, or null.</summary>
    public double? ClippingRatio { get; init; }

    /// <summary>Gets the samples a second of the step, or null.</summary>
    public double? Throughput { get; init; }

    /// <summary>Gets the further figures.</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>Gets the time, in UTC.</summary>
    public required DateTime Timestamp { get; init; }
}
