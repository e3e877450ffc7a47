using FastTrainLog.Analysis.Collecting;

namespace FastTrainLog.Analysis;

/// <summary>A run that a log contains.</summary>
/// <param name="Id">Its identifier; null for records that belong to no run.</param>
/// <param name="Rank">Its rank if there are several processes; null if there is one.</param>
/// <param name="Model">The model, or null.</param>
/// <param name="Started">The time of its first record, in UTC.</param>
/// <param name="Ended">The time of its last record, in UTC.</param>
/// <param name="Outcome">Its outcome: <c>completed</c>, <c>failed</c>, <c>cancelled</c>, <c>stopped</c>, <c>killed</c>, and if no end was logged <c>running</c> or <c>stalled</c>.</param>
/// <param name="Reason">The reason for its end, or null.</param>
/// <param name="Records">The number of its records.</param>
/// <param name="LastStep">Its last step, or null.</param>
/// <param name="TotalSteps">The planned number of steps, or null.</param>
/// <param name="LastLoss">The loss of its last step; null if there is none.</param>
/// <param name="DurationSeconds">Its duration in seconds; for a resumed run the sum of all its sessions.</param>
/// <param name="Sessions">The number of processes that ran it one after another.</param>
public sealed record RunFigures(
    string? Id,
    long? Rank,
    string? Model,
    DateTime Started,
    DateTime Ended,
    string Outcome,
    string? Reason,
    long Records,
    long? LastStep,
    long? TotalSteps,
    double? LastLoss,
    double DurationSeconds,
    int Sessions)
{
    /// <summary>Gets its display name, or null.</summary>
    public string? Title { get; init; }

    /// <summary>Gets its group, or null.</summary>
    public string? Group { get; init; }

    /// <summary>Gets its tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Gets the number of its steps.</summary>
    public long Steps { get; init; }

    /// <summary>Gets the loss in its end record, or null.</summary>
    public double? FinalLoss { get; init; }

    /// <summary>Gets the best validation by the metric of the run, by default the loss; null before the first.</summary>
    public double? Best { get; init; }

    /// <summary>Gets its configuration, by name; the first 256 values.</summary>
    public IReadOnlyDictionary<string, string> Configuration { get; init; } = System.Collections.ObjectModel.ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Gets the number of its processes; 1 for a single process.</summary>
    public int WorldSize { get; init; } = 1;

    /// <summary>Gets the name by which it is selected: its identifier, with its rank if it has one, as in <c>20260101-120000-7kd3m2qx/3</c>.</summary>
    public string Name => new RunName(Id, Rank).ToString();

    /// <summary>Gets the time at which its last progress was logged, in UTC.</summary>
    internal DateTime LastProgress { get; init; }

    /// <summary>Gets the time without progress after which it counts as stalled.</summary>
    internal TimeSpan SilenceLimit { get; init; }

    /// <summary>Gets the learning rate of its last step; null if there is none.</summary>
    internal double? LastLearningRate { get; init; }

    /// <summary>Gets the norm of its latest gradients, before they were clipped; null if it logged none.</summary>
    internal double? LastGradientNorm { get; init; }

    /// <summary>Gets the samples of its last step over its time, in samples per second; null if it logged none.</summary>
    internal double? LastThroughput { get; init; }

    /// <summary>Gets the loss of its last validation; null if there is none.</summary>
    internal double? LastValidationLoss { get; init; }

    /// <summary>Gets the remaining time that it logged with its last step; null if it has ended or did not log one.</summary>
    internal TimeSpan? Eta { get; init; }

    /// <summary>Gets the number of its steps whose gradients were clipped, as far as its log tells.</summary>
    internal long ClippedSteps { get; init; }

    /// <summary>Gets the number of its steps whose gradients were not finite and kept out of the model.</summary>
    internal long SkippedSteps { get; init; }

    /// <summary>Gets how long its steps took; null if it logged no durations.</summary>
    internal DurationCounts? StepDurations { get; init; }
}
