using System.Text.Encodings.Web;
using System.Text.Json;

namespace FastTrainLog.Shipping.Http;

/// <summary>How the targets write JSON: it is read by a parser of JSON and by nothing else, so only what JSON asks for is escaped. A quote takes two bytes, not six, and lines have many.</summary>
internal static class RequestJson
{
    /// <summary>Gets the options of the writers.</summary>
    public static JsonWriterOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
}
