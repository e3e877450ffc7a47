using System.Text.Json;
using System.Text.Json.Serialization;

namespace FastTrainLog.Analysis.Reports;

/// <summary>An analysis as JSON: names in camelCase, times in UTC, and NaN and infinities as strings, for JSON has no numbers for them.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(LogAnalysis))]
internal sealed partial class AnalysisJson : JsonSerializerContext
{
    public static void Write(LogAnalysis analysis, Stream stream) => JsonSerializer.Serialize(stream, analysis, Default.LogAnalysis);
}
