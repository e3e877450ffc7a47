using System.Text.Json.Serialization;

namespace FastTrainLog.Benchmarks.Pipeline;

/// <summary>A row of the throughput table: from the first call until the file is closed.</summary>
internal sealed record ThroughputRow(
    [property: JsonPropertyName("logger")] string Logger,
    [property: JsonPropertyName("format")] string Format,
    [property: JsonPropertyName("threads")] int Threads,
    [property: JsonPropertyName("messages_per_second")] double MessagesPerSecond,
    [property: JsonPropertyName("cpu_us_per_message")] double ProcessorMicroseconds,
    [property: JsonPropertyName("peak_rss_mb")] double PeakResidentMegabytes,
    [property: JsonPropertyName("bytes_per_message")] double BytesPerMessage,
    [property: JsonPropertyName("lost")] long Lost);
