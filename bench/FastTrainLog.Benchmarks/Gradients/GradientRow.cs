using System.Text.Json.Serialization;

namespace FastTrainLog.Benchmarks.Gradients;

/// <summary>One line of the benchmark's table and of its JSON.</summary>
/// <param name="Case">The model whose gradients were clipped.</param>
/// <param name="Threads">How many threads took part.</param>
/// <param name="Operation">What was timed.</param>
/// <param name="Milliseconds">The median time.</param>
/// <param name="BoundMilliseconds">The median time of what it is held against, or the budget.</param>
/// <param name="Peer">The library that was timed on the same buffers, or null.</param>
/// <param name="PeerMilliseconds">Its median time.</param>
/// <param name="RelativeError">The error of the norm against a sum in float64 with compensation.</param>
internal sealed record GradientRow(
    [property: JsonPropertyName("case")] string Case,
    [property: JsonPropertyName("threads")] int Threads,
    [property: JsonPropertyName("operation")] string Operation,
    [property: JsonPropertyName("ms")] double Milliseconds,
    [property: JsonPropertyName("bound_ms")] double? BoundMilliseconds,
    [property: JsonPropertyName("peer")] string? Peer,
    [property: JsonPropertyName("peer_ms")] double? PeerMilliseconds,
    [property: JsonPropertyName("relative_error")] double? RelativeError);
