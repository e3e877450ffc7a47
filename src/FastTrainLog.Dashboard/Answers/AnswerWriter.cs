using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using FastTrainLog.Json;

namespace FastTrainLog.Dashboard.Answers;

/// <summary>Writes answers in the form of every JSON document of the library.</summary>
internal static class AnswerWriter
{
    // The answers are JSON and never part of a page, so only what JSON requires is escaped.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Gets how values are serialised.</summary>
    public static DashboardJson Json { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonForm.NamingPolicy,
        NumberHandling = JsonForm.Numbers,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    public static Utf8JsonWriter Open(IBufferWriter<byte> output) => new(output, Options);

    /// <summary>Returns the answer to a request that is refused.</summary>
    public static byte[] Error(string message)
    {
        var output = new ArrayBufferWriter<byte>();
        using (Utf8JsonWriter json = Open(output))
        {
            json.WriteStartObject();
            json.WriteString("error", message);
            json.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>Writes an integer or null.</summary>
    public static void WriteOptional(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    /// <summary>Writes a number; NaN and infinities as strings, because JSON has no numbers for them.</summary>
    public static void WriteNumber(Utf8JsonWriter json, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumberValue(value);
        }
        else
        {
            json.WriteStringValue(double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
        }
    }
}
