using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using FastTrainLog.Json;

namespace FastTrainLog.Tool.Commands;

/// <summary>The option of most commands to answer in JSON.</summary>
internal static class JsonOption
{
    /// <summary>The format of the output: readable, therefore without unnecessary escapes.</summary>
    public static JsonSerializerOptions Indented { get; } = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonForm.NamingPolicy,
        NumberHandling = JsonForm.Numbers,
    };

    public static Option<bool> Create() => new("--json") { Description = "Prints the result as JSON." };
}
