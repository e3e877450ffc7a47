using System.Collections;
using System.Globalization;
using System.Text.Json;
using FastTrainLog.Records;

namespace FastTrainLog.Training;

/// <summary>Flattens nested configuration values to a list, with dotted names: <c>optimizer.betas.0</c>.</summary>
internal sealed class ConfigValues
{
    private const int MostValues = 1000;
    private const int Deepest = 16;

    // A sequence of the user's own may be endless, and nested ones may hold nothing.
    private const int MostVisited = 16 * MostValues;

    private readonly List<KeyValuePair<string, object?>> _flat = [];
    private int _visited;

    private ConfigValues()
    {
    }

    private bool IsFull => _flat.Count >= MostValues || _visited >= MostVisited;

    /// <summary>Returns the values, secrets masked; a text in place of those whose own code throws.</summary>
    public static KeyValuePair<string, object?>[] Flatten(IEnumerable<KeyValuePair<string, object?>> values)
    {
        var flattened = new ConfigValues();
        try
        {
            foreach ((string name, object? value) in values)
            {
                flattened.Add(name, value, 1);
                if (flattened.IsFull)
                {
                    break;
                }
            }
        }
        catch (Exception failure)
        {
            flattened._flat.Add(new("config", SafeText.Failure(values.GetType(), failure)));
        }

        return [.. flattened._flat];
    }

    private void Add(string name, object? value, int depth)
    {
        _visited++;
        if (IsFull)
        {
            return;
        }

        try
        {
            if (depth < Deepest && Inner(name, value) is { } inner)
            {
                foreach ((string path, object? item) in inner)
                {
                    Add(path, item, depth + 1);
                    if (IsFull)
                    {
                        break;
                    }
                }

                return;
            }

            _flat.Add(new(name, Secrets.Redact(name, value is JsonElement json ? ScalarOf(json) : value)));
        }
        catch (Exception failure)
        {
            _flat.Add(new(name, SafeText.Failure(value!.GetType(), failure)));
        }
    }

    // The values in a value, with their names; null if there are none.
    private static IEnumerable<(string Path, object? Item)>? Inner(string name, object? value) => value switch
    {
        JsonElement { ValueKind: JsonValueKind.Object } json => json.EnumerateObject().Select(property => ($"{name}.{property.Name}", (object?)property.Value)),
        JsonElement { ValueKind: JsonValueKind.Array } json => json.EnumerateArray().Select((item, index) => (Indexed(name, index), (object?)item)),
        IEnumerable<KeyValuePair<string, object?>> nested => nested.Select(pair => ($"{name}.{pair.Key}", pair.Value)),
        IDictionary nested => Entries(name, nested),
        IEnumerable list and not string => list.Cast<object?>().Select((item, index) => (Indexed(name, index), item)),
        _ => null,
    };

    private static IEnumerable<(string Path, object? Item)> Entries(string name, IDictionary dictionary)
    {
        // Not by LINQ: seen as a plain sequence, a dictionary may have pairs of another type.
        foreach (DictionaryEntry entry in dictionary)
        {
            yield return (string.Create(CultureInfo.InvariantCulture, $"{name}.{entry.Key}"), entry.Value);
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
