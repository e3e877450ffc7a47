using System.Text.Json.Serialization;

namespace FastTrainLog.Benchmarks.Pipeline;

/// <summary>A row of the latency table: nanoseconds a call, the empty timer's median subtracted; medians over the rounds.</summary>
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
    [property: JsonPropertyName("lost")] long Lost,
    [property: JsonPropertyName("p50_least_ns")] double LeastP50,
    [property: JsonPropertyName("p50_most_ns")] double MostP50,
    [property: JsonPropertyName("distribution_ns")] double[] Distribution)
{
    /// <summary>The shares of calls that <see cref="Distribution"/> gives the time of, over the calls of all rounds together.</summary>
    public static readonly double[] Shares =
    [
        .. Enumerable.Range(0, 99).Select(i => i / 100.0),
        .. Enumerable.Range(0, 9).Select(i => 0.99 + (i / 1000.0)),
        .. Enumerable.Range(0, 10).Select(i => 0.999 + (i / 10_000.0)),
        1,
    ];
}
