namespace FastTrainLog.Analysis;

/// <summary>The progress of a run, and its speed.</summary>
/// <param name="Steps">The number of steps logged.</param>
/// <param name="LastStep">The number of the last step; it and the following are null if there is none.</param>
/// <param name="TotalSteps">The planned number of steps.</param>
/// <param name="Percent">The last step in percent of the planned number.</param>
/// <param name="DurationSeconds">The seconds from the first record of the run to the last.</param>
/// <param name="StepsPerSecond">The steps per second, from the first one to the last.</param>
/// <param name="Loss">The loss of the steps.</param>
/// <param name="Trend">The trend of the loss.</param>
/// <param name="Accuracy">The accuracy of the steps.</param>
/// <param name="LearningRate">The learning rate.</param>
/// <param name="Throughput">The samples per second.</param>
/// <param name="Metrics">The other metrics logged with steps, by name.</param>
/// <param name="Eta">The error of the predicted time; empty if the run did not reach its last step or has no <see cref="TotalSteps"/>.</param>
/// <param name="Epochs">The epochs; at most 1024 of them, evenly thinned.</param>
/// <param name="EpochCount">The total number.</param>
/// <param name="Validations">The validations; at most 1024 of them, evenly thinned.</param>
/// <param name="ValidationCount">The total number.</param>
/// <param name="BestValidation">The best validation, or null.</param>
/// <param name="Checkpoints">The checkpoints; at most 1024 of them, evenly thinned.</param>
/// <param name="CheckpointCount">The number of saved checkpoints.</param>
/// <param name="CheckpointsFlagged">The number of those that were flagged, because there were non-finite gradients since the previous one.</param>
/// <param name="CheckpointsRefused">The number of checkpoints not saved, because non-finite gradients were applied to the model.</param>
public sealed record ProgressFigures(
    long Steps,
    long? LastStep,
    long? TotalSteps,
    double? Percent,
    double DurationSeconds,
    double? StepsPerSecond,
    ValueFigures? Loss,
    TrendFigures? Trend,
    ValueFigures? Accuracy,
    ValueFigures? LearningRate,
    ThroughputFigures? Throughput,
    IReadOnlyDictionary<string, ValueFigures> Metrics,
    IReadOnlyList<EtaFigures> Eta,
    IReadOnlyList<EpochFigures> Epochs,
    long EpochCount,
    IReadOnlyList<ValidationFigures> Validations,
    long ValidationCount,
    ValidationFigures? BestValidation,
    IReadOnlyList<CheckpointFigures> Checkpoints,
    long CheckpointCount,
    long CheckpointsFlagged,
    long CheckpointsRefused)
{
    /// <summary>Gets the losses of the validations by steps; null if there was none.</summary>
    public ValueFigures? ValidationLoss { get; init; }

    /// <summary>Gets the other metrics of the validations over the steps, by name.</summary>
    public IReadOnlyDictionary<string, ValueFigures> ValidationMetrics { get; init; } = new Dictionary<string, ValueFigures>();
}
