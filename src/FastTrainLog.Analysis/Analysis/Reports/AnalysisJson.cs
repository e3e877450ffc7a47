using System.Text.Json;
using System.Text.Json.Serialization;
using FastTrainLog.Json;
using FastTrainLog.Training;

namespace FastTrainLog.Analysis.Reports;

/// <summary>An analysis as JSON: names in snake case, times in UTC, and NaN and infinities as strings, because JSON has no numbers for them.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonForm.Names,
    NumberHandling = JsonForm.Numbers)]
[JsonSerializable(typeof(LogAnalysis))]
internal sealed partial class AnalysisJson : JsonSerializerContext
{
    public static void Write(LogAnalysis analysis, Stream stream) => JsonSerializer.Serialize(stream, analysis, Default.LogAnalysis);
}
