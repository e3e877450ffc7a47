using System.Text.Json.Serialization;

namespace FastTrainLog.Benchmarks.Pipeline;

/// <summary>A process that does nothing for some seconds.</summary>
internal sealed record IdleRow(
    [property: JsonPropertyName("mode")] string Mode,
    [property: JsonPropertyName("cpu_percent")] double ProcessorPercent,
    [property: JsonPropertyName("resident_mb")] double ResidentMegabytes);
