namespace FastTrainLog.Analysis;

/// <summary>How far a run came, and how fast.</summary>
/// <param name="Steps">How many steps were logged.</param>
/// <param name="LastStep">The number of the last one; null where there is none, as are the following.</param>
/// <param name="TotalSteps">How many the run was to have.</param>
/// <param name="Percent">How much of the run that is.</param>
/// <param name="DurationSeconds">The seconds from the first record of the run to the last.</param>
/// <param name="StepsPerSecond">The steps a second, from the first one to the last.</param>
/// <param name="Loss">The loss of the steps.</param>
/// <param name="Trend">Where the loss is heading.</param>
/// <param name="Accuracy">The accuracy of the steps.</param>
/// <param name="LearningRate">The learning rate.</param>
/// <param name="Throughput">The samples a second.</param>
/// <param name="Metrics">The further figures that steps were logged with, by name.</param>
/// <param name="Eta">How wrong the foretold time was; empty where the run did not reach its last step or has no <see cref="TotalSteps"/>.</param>
/// <param name="Epochs">The epochs; at most 1024 of them, evenly thinned.</param>
/// <param name="EpochCount">How many there were.</param>
/// <param name="Validations">The validations; at most 1024 of them, evenly thinned.</param>
/// <param name="ValidationCount">How many there were.</param>
/// <param name="BestValidation">The one that the run took for the best, or null.</param>
/// <param name="Checkpoints">The checkpoints; at most 1024 of them, evenly thinned.</param>
/// <param name="CheckpointCount">How many were saved.</param>
/// <param name="CheckpointsFlagged">How many of those were flagged, because gradients were not finite since the one before.</param>
/// <param name="CheckpointsRefused">How many were not saved, because gradients that are not finite went into the model.</param>
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
    long CheckpointsRefused);
