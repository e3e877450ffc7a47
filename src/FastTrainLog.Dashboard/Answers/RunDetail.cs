using FastTrainLog.Analysis;

namespace FastTrainLog.Dashboard.Answers;

/// <summary>What the page shows of one run besides its series.</summary>
/// <param name="Key">The key of the run.</param>
/// <param name="Configuration">Its configuration, by name.</param>
/// <param name="Series">The names of its series.</param>
/// <param name="StepsPerSecond">The steps per second, from the first one to the last.</param>
/// <param name="Trend">The trend of the loss.</param>
/// <param name="BestValidation">The best validation, or null.</param>
/// <param name="Validations">The validations, evenly thinned.</param>
/// <param name="ValidationCount">Their number.</param>
/// <param name="Checkpoints">The checkpoints, evenly thinned.</param>
/// <param name="CheckpointCount">Their number.</param>
/// <param name="Errors">The errors, grouped.</param>
/// <param name="Anomalies">The anomalies.</param>
/// <param name="ClipRate">The share of clipped steps, or null.</param>
/// <param name="NonFiniteSteps">The number of steps with gradients or a loss that were not finite.</param>
/// <param name="FirstNonFinite">The first value that was not finite, or null.</param>
/// <param name="Layers">The layers with numerical issues.</param>
/// <param name="Recoveries">The number of recoveries, by action.</param>
/// <param name="Guard">The gradient guard in use, or null.</param>
/// <param name="StepSeconds">The distribution of the durations of steps, or null.</param>
/// <param name="Ranks">The comparison of the ranks, or null.</param>
/// <param name="RankNotes">What the comparison found, as sentences; empty without it.</param>
/// <param name="HistogramLayers">The number of layers whose histograms were logged, of the rank with most.</param>
/// <param name="UnreadableLines">The number of unreadable lines of the log.</param>
internal sealed record RunDetail(
    string Key,
    IReadOnlyDictionary<string, string> Configuration,
    IReadOnlyList<string> Series,
    double? StepsPerSecond,
    TrendFigures? Trend,
    ValidationFigures? BestValidation,
    IReadOnlyList<ValidationFigures> Validations,
    long ValidationCount,
    IReadOnlyList<CheckpointFigures> Checkpoints,
    long CheckpointCount,
    ErrorFigures Errors,
    AnomalyFigures Anomalies,
    double? ClipRate,
    long NonFiniteSteps,
    NonFiniteOrigin? FirstNonFinite,
    IReadOnlyList<LayerFigures> Layers,
    IReadOnlyDictionary<string, long> Recoveries,
    string? Guard,
    Percentiles? StepSeconds,
    RankFigures? Ranks,
    IReadOnlyList<string> RankNotes,
    int HistogramLayers,
    long UnreadableLines);
