using System.Text.Json.Serialization;

namespace FastTrainLog.Benchmarks.Generators;

/// <summary>What the generator took for a number of methods.</summary>
/// <param name="Methods">The attributed methods of the compilation.</param>
/// <param name="Operation">What the compilation had been through: nothing, or one edit.</param>
/// <param name="Milliseconds">The median of the rounds.</param>
/// <param name="Least">The shortest round in milliseconds.</param>
/// <param name="Most">The longest round in milliseconds.</param>
/// <param name="MicrosecondsPerMethod">The median by the number of methods.</param>
/// <param name="ColdRatio">How many of these the cold run of the same methods takes.</param>
/// <param name="EmptyMilliseconds">The median of a generator that finds the methods and writes nothing.</param>
internal sealed record GeneratorRow(
    [property: JsonPropertyName("methods")] int Methods,
    [property: JsonPropertyName("operation")] string Operation,
    [property: JsonPropertyName("ms")] double Milliseconds,
    [property: JsonPropertyName("least_ms")] double Least,
    [property: JsonPropertyName("most_ms")] double Most,
    [property: JsonPropertyName("us_per_method")] double MicrosecondsPerMethod,
    [property: JsonPropertyName("cold_ratio")] double ColdRatio,
    [property: JsonPropertyName("empty_ms")] double EmptyMilliseconds);
