using System.Text.Json;
using System.Text.Json.Nodes;
using FastTrainLog.Files;
using FastTrainLog.Training;

namespace FastTrainLog.Monitoring.Snapshots;

/// <summary>Ends the snapshot on the disk of a run whose process is dead: it says "running" until somebody who knows better changes that.</summary>
internal static class KilledSnapshot
{
    /// <summary>Notes the end of a run in its snapshot; does nothing if there is none, or if it has an end already.</summary>
    /// <param name="logDirectory">The log directory.</param>
    /// <param name="runId">The run.</param>
    /// <param name="rank">The rank of its process.</param>
    /// <param name="outcome">What became of it.</param>
    /// <param name="reason">Why.</param>
    /// <param name="duration">How long it took, as far as is known.</param>
    /// <param name="ended">When its process was last known to be alive, in UTC.</param>
    /// <returns>Whether it was changed.</returns>
    /// <exception cref="IOException">It cannot be read or replaced.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be.</exception>
    public static bool End(string logDirectory, string runId, int rank, RunOutcome outcome, string reason, TimeSpan duration, DateTime ended)
    {
        string path = SnapshotFiles.PathOf(Path.GetFullPath(logDirectory), runId, rank);
        if (!File.Exists(path) || Read(path) is not { } snapshot || snapshot["outcome"]?.GetValueKind() != JsonValueKind.String || snapshot["outcome"]!.GetValue<string>() != RunOutcome.Running.Word())
        {
            return false;
        }

        var progress = snapshot["training_progress"] as JsonObject;
        snapshot["outcome"] = outcome.Word();
        // In the names of EndEntry; what only the process knew is counted from what the snapshot lists.
        snapshot["end"] = new JsonObject
        {
            ["outcome"] = outcome.Word(),
            ["reason"] = reason,
            ["duration"] = JsonValue.Create(duration.ToString("c")),
            ["steps"] = progress?["step"]?.DeepClone() ?? 0,
            ["final_loss"] = progress?["loss"]?.DeepClone(),
            ["success_rate"] = "NaN",
            ["issues"] = (snapshot["numerical_issues"] as JsonArray)?.Count ?? 0,
            ["errors"] = (snapshot["errors"] as JsonArray)?.Count ?? 0,
            ["metrics"] = new JsonObject(),
            ["timestamp"] = ended,
        };
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            snapshot.WriteTo(writer);
        }

        RunFile.Replace(path, json.GetBuffer().AsSpan(0, (int)json.Length), toDisk: true);
        return true;
    }

    // One that another program damaged is left as it is.
    private static JsonObject? Read(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllBytes(path)) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
