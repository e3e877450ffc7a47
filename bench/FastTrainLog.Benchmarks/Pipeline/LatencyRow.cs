using System.Text.Json.Serialization;

namespace FastTrainLog.Benchmarks.Pipeline;

/// <summary>A row of the latency table: nanoseconds a call, the empty timer's median subtracted.</summary>
internal sealed record LatencyRow(
    [property: JsonPropertyName("logger")] string Logger,
    [property: JsonPropertyName("format")] string Format,
    [property: JsonPropertyName("pace")] string Pace,
    [property: JsonPropertyName("p50_ns")] double P50,
    [property: JsonPropertyName("p90_ns")] double P90,
    [property: JsonPropertyName("p99_ns")] double P99,
    [property: JsonPropertyName("p999_ns")] double P999,
    [property: JsonPropertyName("max_ns")] double Max,
    [property: JsonPropertyName("mean_ns")] double Mean,
    [property: JsonPropertyName("bytes_per_call")] double BytesPerCall,
    [property: JsonPropertyName("lost")] long Lost);
