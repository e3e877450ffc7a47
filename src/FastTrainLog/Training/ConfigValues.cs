using System.Collections;
using System.Globalization;
using System.Text.Json;

namespace FastTrainLog.Training;

/// <summary>Flattens nested configuration values to a list, with dotted names: <c>optimizer.betas.0</c>.</summary>
internal static class ConfigValues
{
    private const int MostValues = 1000;
    private const int Deepest = 16;

    /// <summary>Returns the values, secrets masked.</summary>
    public static KeyValuePair<string, object?>[] Flatten(IEnumerable<KeyValuePair<string, object?>> values)
    {
        var flat = new List<KeyValuePair<string, object?>>();
        foreach ((string name, object? value) in values)
        {
            Add(flat, name, value, 1);
        }

        return [.. flat];
    }

    private static void Add(List<KeyValuePair<string, object?>> flat, string name, object? value, int depth)
    {
        if (flat.Count == MostValues)
        {
            return;
        }

        switch (value)
        {
            case JsonElement { ValueKind: JsonValueKind.Object } json when depth < Deepest:
                foreach (JsonProperty property in json.EnumerateObject())
                {
                    Add(flat, $"{name}.{property.Name}", property.Value, depth + 1);
                }

                break;
            case JsonElement { ValueKind: JsonValueKind.Array } json when depth < Deepest:
                int index = 0;
                foreach (JsonElement item in json.EnumerateArray())
                {
                    Add(flat, Indexed(name, index++), item, depth + 1);
                }

                break;
            case JsonElement json:
                flat.Add(new(name, Secrets.Redact(name, ScalarOf(json))));
                break;
            case IEnumerable<KeyValuePair<string, object?>> nested when depth < Deepest:
                foreach ((string inner, object? item) in nested)
                {
                    Add(flat, $"{name}.{inner}", item, depth + 1);
                }

                break;
            case IDictionary nested when depth < Deepest:
                foreach (DictionaryEntry entry in nested)
                {
                    Add(flat, string.Create(CultureInfo.InvariantCulture, $"{name}.{entry.Key}"), entry.Value, depth + 1);
                }

                break;
            case IEnumerable list and not string when depth < Deepest:
                int number = 0;
                foreach (object? item in list)
                {
                    Add(flat, Indexed(name, number++), item, depth + 1);
                }

                break;
            default:
                flat.Add(new(name, Secrets.Redact(name, value)));
                break;
        }
    }

    private static string Indexed(string name, int index) => string.Create(CultureInfo.InvariantCulture, $"{name}.{index}");

    private static object? ScalarOf(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => json.GetString(),
        JsonValueKind.Number when json.TryGetInt64(out long whole) => whole,
        JsonValueKind.Number when json.TryGetUInt64(out ulong whole) => whole,
        JsonValueKind.Number => json.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        _ => json.GetRawText(),
    };
}
