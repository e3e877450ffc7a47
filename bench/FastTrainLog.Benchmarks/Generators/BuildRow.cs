using System.Text.Json.Serialization;

namespace FastTrainLog.Benchmarks.Generators;

/// <summary>A build of a project of log methods.</summary>
/// <param name="Methods">The log methods of the project.</param>
/// <param name="Attribute">Their attribute.</param>
/// <param name="Seconds">The median time of a whole build.</param>
/// <param name="CodeBytes">Bytes of intermediate language for each method.</param>
/// <param name="Types">Types of the assembly for each method.</param>
/// <param name="AssemblyBytes">Bytes of the assembly for each method.</param>
/// <param name="NativeBytes">Bytes of native code for each method that is called once with a logger of another library.</param>
internal sealed record BuildRow(
    [property: JsonPropertyName("methods")] int Methods,
    [property: JsonPropertyName("attribute")] string Attribute,
    [property: JsonPropertyName("s")] double Seconds,
    [property: JsonPropertyName("il_bytes_per_method")] double CodeBytes,
    [property: JsonPropertyName("types_per_method")] double Types,
    [property: JsonPropertyName("assembly_bytes_per_method")] double AssemblyBytes,
    [property: JsonPropertyName("native_bytes_per_method")] double NativeBytes);
