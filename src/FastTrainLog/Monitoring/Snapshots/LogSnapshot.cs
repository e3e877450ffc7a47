using System.Text.Json;

namespace FastTrainLog.Monitoring.Snapshots;

/// <summary>The runs of a log as they stood at one moment.</summary>
/// <param name="Timestamp">The moment, in UTC.</param>
/// <param name="Runs">The runs under way and the latest of those that have ended, in the order of their starts.</param>
public sealed record LogSnapshot(DateTime Timestamp, IReadOnlyList<RunSnapshot> Runs)
{
    /// <summary>Returns the snapshot as JSON, in the names of the reference's monitoring data; NaN and infinities are strings.</summary>
    /// <returns>One JSON object on one line, as in every other file of JSON that a log leaves.</returns>
    public string ToJson() => JsonSerializer.Serialize(this, SnapshotJson.Default.LogSnapshot);
}
