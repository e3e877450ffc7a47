using System.Text.Json.Serialization;
using FastTrainLog.Json;
using FastTrainLog.Training;

namespace FastTrainLog.Monitoring.Snapshots;

/// <summary>How snapshots are written as JSON, by code generated at build time, so that it works in trimmed programs too.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonForm.Names,
    NumberHandling = JsonForm.Numbers)]
[JsonSerializable(typeof(RunSnapshot))]
[JsonSerializable(typeof(LogSnapshot))]
internal sealed partial class SnapshotJson : JsonSerializerContext;
