using System.Text.Json;
using System.Text.Json.Serialization;
using FastTrainLog.Json;
using FastTrainLog.Training;

namespace FastTrainLog.Monitoring.Snapshots;

/// <summary>The runs of a log at one moment.</summary>
/// <param name="Timestamp">The moment, in UTC.</param>
/// <param name="Runs">The runs in progress and the latest of those that have ended, in the order of their starts.</param>
public sealed record LogSnapshot(DateTime Timestamp, IReadOnlyList<RunSnapshot> Runs)
{
    /// <summary>Gets the version of the names in the JSON.</summary>
    [JsonPropertyOrder(-1)]
    public int Version => JsonForm.Version;

    /// <summary>Returns the snapshot as JSON, in the names of the reference's monitoring data; NaN and infinities are strings.</summary>
    /// <returns>One JSON object on one line, as in every other JSON file of a log.</returns>
    public string ToJson() => JsonSerializer.Serialize(this, SnapshotJson.Default.LogSnapshot);
}
