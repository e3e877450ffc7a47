using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace FastTrainLog.Tool.Commands;

/// <summary>The option of most commands to answer in JSON.</summary>
internal static class JsonOption
{
    /// <summary>How answers are written: for people too, so without escapes that JSON does not ask for.</summary>
    public static JsonSerializerOptions Indented { get; } = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Option<bool> Create() => new("--json") { Description = "Answers in JSON." };
}
