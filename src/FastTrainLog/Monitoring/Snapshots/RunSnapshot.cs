using System.Text.Json;
using System.Text.Json.Serialization;
using FastTrainLog.Json;
using FastTrainLog.Series;
using FastTrainLog.Training;

namespace FastTrainLog.Monitoring.Snapshots;

/// <summary>The state of a run at one moment; immutable.</summary>
public sealed record RunSnapshot
{
    /// <summary>Gets the version of the names in the JSON.</summary>
    [JsonPropertyOrder(-1)]
    public int Version => JsonForm.Version;

    /// <summary>Gets the moment, in UTC.</summary>
    public required DateTime Timestamp { get; init; }

    /// <summary>Gets the run's identifier.</summary>
    public required string RunId { get; init; }

    /// <summary>Gets the rank of the process among those that train together, from 0.</summary>
    public required int Rank { get; init; }

    /// <summary>Gets the number of processes that train together.</summary>
    public required int WorldSize { get; init; }

    /// <summary>Gets the last step; null before the first.</summary>
    public required ProgressEntry? TrainingProgress { get; init; }

    /// <summary>Gets what is trained and how; null if the level leaves that out of the log.</summary>
    public required ConfigEntry? TrainingConfig { get; init; }

    /// <summary>Gets the checkpoints.</summary>
    public required IReadOnlyList<CheckpointEntry> Checkpoints { get; init; }

    /// <summary>Gets the validations.</summary>
    public required IReadOnlyList<ValidationEntry> ValidationResults { get; init; }

    /// <summary>Gets the best validation so far; null before the first.</summary>
    public required ValidationEntry? BestValidation { get; init; }

    /// <summary>Gets the errors.</summary>
    public required IReadOnlyList<ErrorEntry> Errors { get; init; }

    /// <summary>Gets the numerical issues.</summary>
    public required IReadOnlyList<IssueEntry> NumericalIssues { get; init; }

    /// <summary>Gets the performance of operations.</summary>
    public required IReadOnlyList<PerformanceEntry> PerformanceMetrics { get; init; }

    /// <summary>Gets the operations on models.</summary>
    public required IReadOnlyList<ModelOperationEntry> ModelOperations { get; init; }

    /// <summary>Gets how many entries the lists omit.</summary>
    public required LeftOut LeftOut { get; init; }

    /// <summary>
    /// Gets the series by name: <c>loss</c>, <c>learning_rate</c>, <c>gradient_norm</c>, <c>accuracy</c>, <c>throughput</c>,
    /// <c>validation_loss</c>, and the metrics of steps.
    /// </summary>
    public required IReadOnlyDictionary<string, SeriesSnapshot> Series { get; init; }

    /// <summary>Gets what has happened to the run: running while it is in progress.</summary>
    public required RunOutcome Outcome { get; init; }

    /// <summary>Gets how the run ended; null while it is in progress.</summary>
    public required EndEntry? End { get; init; }

    /// <summary>Returns the snapshot as JSON, in the names of the reference's monitoring data; NaN and infinities are strings.</summary>
    /// <returns>One JSON object on one line, as in every other JSON file of a log.</returns>
    public string ToJson() => JsonSerializer.Serialize(this, SnapshotJson.Default.RunSnapshot);

    internal byte[] ToUtf8Json() => JsonSerializer.SerializeToUtf8Bytes(this, SnapshotJson.Default.RunSnapshot);
}
