using System.Text.Json;
using System.Text.Json.Serialization;

namespace FastTrainLog.Training;

/// <summary>Writes an outcome to JSON as its name, such as <c>completed</c>.</summary>
public sealed class RunOutcomeConverter : JsonConverter<RunOutcome>
{
    /// <inheritdoc/>
    public override RunOutcome Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        RunOutcomes.Parse(reader.GetString()) ?? throw new JsonException($"'{reader.GetString()}' is not an outcome of a run.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, RunOutcome value, JsonSerializerOptions options) => writer.WriteStringValue(value.Word());
}
