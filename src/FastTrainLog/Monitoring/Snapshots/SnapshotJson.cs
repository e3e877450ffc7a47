using System.Text.Json.Serialization;

namespace FastTrainLog.Monitoring.Snapshots;

/// <summary>How snapshots are written as JSON, by code generated at build time, so that it holds in trimmed programs too.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(RunSnapshot))]
[JsonSerializable(typeof(LogSnapshot))]
internal sealed partial class SnapshotJson : JsonSerializerContext;
