using System.Text.Json.Serialization;

namespace FastTrainLog.Benchmarks.Pipeline;

/// <summary>An idle process of ten seconds.</summary>
internal sealed record IdleRow(
    [property: JsonPropertyName("mode")] string Mode,
    [property: JsonPropertyName("cpu_percent")] double ProcessorPercent,
    [property: JsonPropertyName("resident_mb")] double ResidentMegabytes);
