namespace FastTrainLog.Monitoring.Snapshots;

/// <summary>The configuration of a run, as logged at its start.</summary>
public sealed record ConfigEntry
{
    /// <summary>Gets the model's name.</summary>
    public required string ModelName { get; init; }

    /// <summary>Gets the number of epochs, or null if it is not known.</summary>
    public int? TotalEpochs { get; init; }

    /// <summary>Gets the number of steps, or null if it is not known.</summary>
    public long? TotalSteps { get; init; }

    /// <summary>Gets the number of samples in a step, or null.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Gets the learning rate that the run began with, or null.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Gets the optimiser's name, or null.</summary>
    public string? Optimizer { get; init; }

    /// <summary>Gets the time of the start, in UTC.</summary>
    public required DateTime StartTime { get; init; }
}
