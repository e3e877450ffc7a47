namespace FastTrainLog.Training;

/// <summary>Says what a run trains and how, as its first record tells it.</summary>
public sealed record TrainingRunOptions
{
    /// <summary>Gets the model's name.</summary>
    public required string Model { get; init; }

    /// <summary>Gets the number of epochs, or null where it is not known.</summary>
    public int? Epochs { get; init; }

    /// <summary>Gets the number of steps in all epochs; null where it is not known, which leaves progress and ETA out.</summary>
    public long? TotalSteps { get; init; }

    /// <summary>Gets the number of samples in a step, from which throughput is computed; null where it varies.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Gets the learning rate that the run begins with, or null.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Gets the optimiser's name, or null.</summary>
    public string? Optimizer { get; init; }

    /// <summary>Gets the metric by which validations are compared; null for the loss.</summary>
    public string? BestMetric { get; init; }

    /// <summary>Gets a value indicating whether the higher of two validations is the better one; false, the default, suits a loss.</summary>
    public bool HigherIsBetter { get; init; }

    /// <summary>Gets what is done about a checkpoint of a model that gradients which are not finite went into. Default: <see cref="CheckpointGuard.Flag"/>.</summary>
    public CheckpointGuard CheckpointGuard { get; init; } = CheckpointGuard.Flag;

    /// <summary>Gets the run's identifier; null for one made of the time and a random number.</summary>
    public string? RunId { get; init; }

    /// <summary>Gets the rank of this process among those that train together, from 0.</summary>
    public int Rank { get; init; }

    /// <summary>Gets the number of processes that train together.</summary>
    public int WorldSize { get; init; } = 1;

    internal void Validate()
    {
        Require(!string.IsNullOrWhiteSpace(Model), nameof(Model), Model, "a name");
        Require(Epochs is null or > 0, nameof(Epochs), Epochs, "above 0, or null where it is not known");
        Require(TotalSteps is null or > 0, nameof(TotalSteps), TotalSteps, "above 0, or null where it is not known");
        Require(BatchSize is null or > 0, nameof(BatchSize), BatchSize, "above 0, or null where it varies");
        Require(BestMetric is null or { Length: > 0 }, nameof(BestMetric), BestMetric, "a metric's name, or null for the loss");
        Require(Enum.IsDefined(CheckpointGuard), nameof(CheckpointGuard), CheckpointGuard, "Flag or Refuse");
        Require(RunId is null or { Length: > 0 }, nameof(RunId), RunId, "a name, or null to have one made");
        Require(WorldSize > 0, nameof(WorldSize), WorldSize, "above 0; it is 1 for a process that trains alone");
        Require(Rank >= 0 && Rank < WorldSize, nameof(Rank), Rank, $"0 to {WorldSize - 1}, below WorldSize");
    }

    private static void Require(bool holds, string option, object? value, string range)
    {
        if (!holds)
        {
            throw new ArgumentException($"TrainingRunOptions.{option} is '{value}', but must be {range}.", option);
        }
    }
}
