namespace FastTrainLog.Training;

/// <summary>The configuration of a run, as its first record has it.</summary>
/// <example>
/// <code>
/// var options = new TrainingRunOptions
/// {
///     Model = "Digits",
///     TotalSteps = 1000,
///     BatchSize = 32,
///     LearningRate = 0.1,
///     Optimizer = "SGD",
/// };
/// </code>
/// </example>
public sealed record TrainingRunOptions
{
    /// <summary>Gets the model's name.</summary>
    public required string Model { get; init; }

    /// <summary>Gets the number of epochs, or null if it is not known.</summary>
    public int? Epochs { get; init; }

    /// <summary>Gets the number of steps in all epochs; null if it is not known; then there are no progress and ETA.</summary>
    public long? TotalSteps { get; init; }

    /// <summary>Gets the number of samples in a step, from which throughput is computed; null if it varies.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Gets the initial learning rate, or null.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Gets the optimiser's name, or null.</summary>
    public string? Optimizer { get; init; }

    /// <summary>Gets the metric by which validations are compared; null for the loss.</summary>
    public string? BestMetric { get; init; }

    /// <summary>Gets a value indicating whether the higher of two validations is the better one; false, the default, suits a loss.</summary>
    public bool HigherIsBetter { get; init; }

    /// <summary>Gets what is done about a checkpoint of a model to which non-finite gradients were applied. Default: <see cref="CheckpointGuard.Flag"/>.</summary>
    public CheckpointGuard CheckpointGuard { get; init; } = CheckpointGuard.Flag;

    /// <summary>Gets the run's identifier; null for one generated from the time and a random number.</summary>
    public string? RunId { get; init; }

    /// <summary>Gets a display name, or null. Unlike the identifier it need not be unique.</summary>
    public string? Name { get; init; }

    /// <summary>Gets the group of the run, such as a sweep, or null.</summary>
    public string? Group { get; init; }

    /// <summary>Gets tags for finding the run, without commas.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>
    /// Gets values of the run's configuration, by name: numbers, texts, booleans, times, and dictionaries, lists and <see cref="System.Text.Json.JsonElement"/> of these, nested to any depth. They are logged
    /// with names such as <c>optimizer.betas.0</c>; at most 1000 of them. Values that are secrets by their name or text are masked.
    /// </summary>
    public IReadOnlyDictionary<string, object?> Config { get; init; } = System.Collections.ObjectModel.ReadOnlyDictionary<string, object?>.Empty;

    /// <summary>
    /// Gets whether the run's start record contains the git commit, the command line, the working directory and the environment variables that describe where the run is executed, with secrets masked. Default: true.
    /// </summary>
    public bool RecordOrigin { get; init; } = true;

    /// <summary>Gets the rank of this process among those that train together, from 0.</summary>
    public int Rank { get; init; }

    /// <summary>Gets the number of processes that train together.</summary>
    public int WorldSize { get; init; } = 1;

    /// <summary>
    /// Gets whether the run takes commands from its user, through a socket in the log directory: see <see cref="TrainingRun.Control"/>. Default: false. If the directory cannot have a socket, the log says so, and the run goes on without.
    /// </summary>
    public bool EnableControl { get; init; }

    internal void Validate()
    {
        Require(!string.IsNullOrWhiteSpace(Model), nameof(Model), Model, "a name");
        Require(Epochs is null or > 0, nameof(Epochs), Epochs, "above 0, or null if it is not known");
        Require(TotalSteps is null or > 0, nameof(TotalSteps), TotalSteps, "above 0, or null if it is not known");
        Require(BatchSize is null or > 0, nameof(BatchSize), BatchSize, "above 0, or null if it varies");
        Require(BestMetric is null or { Length: > 0 }, nameof(BestMetric), BestMetric, "a metric's name, or null for the loss");
        Require(Enum.IsDefined(CheckpointGuard), nameof(CheckpointGuard), CheckpointGuard, "Flag or Refuse");
        Require(RunId is null or { Length: > 0 }, nameof(RunId), RunId, "a name, or null to generate one");
        Require(Name is null or { Length: > 0 }, nameof(Name), Name, "a name, or null for none");
        Require(Group is null or { Length: > 0 }, nameof(Group), Group, "a name, or null for none");
        Require(Tags is not null && Tags.All(tag => !string.IsNullOrWhiteSpace(tag) && !tag.Contains(',')), nameof(Tags), Tags is null ? null : string.Join(", ", Tags), "words without commas");
        Require(Config is not null, nameof(Config), Config, "a dictionary, empty for none");
        Require(WorldSize > 0, nameof(WorldSize), WorldSize, "above 0; 1 for a single process");
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
