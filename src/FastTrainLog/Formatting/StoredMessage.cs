using System.Buffers.Text;
using System.Text.Json;
using FastTrainLog.Numbers;
using FastTrainLog.Records;
using FastTrainLog.Utf8Text;

namespace FastTrainLog.Formatting;

/// <summary>Reconstructs a message from its template and the properties of its JSON line.</summary>
/// <remarks>
/// Not thread-safe. Not every message can be reconstructed: JSON does not distinguish a 32-bit number from a 64-bit one, nor different kinds of times. So the writer
/// reconstructs a message and compares it before omitting it. A reader that uses the same code gets the same text.
/// </remarks>
internal sealed class StoredMessage
{
    private const int MostTemplates = 4096;

    private readonly Dictionary<string, StoredTemplate> _templates = [];
    private readonly StoredProperties _properties = new();
    private readonly StoredProperties _nested = new();

    /// <summary>Appends a message.</summary>
    /// <param name="buffer">The buffer.</param>
    /// <param name="template">The template.</param>
    /// <param name="properties">The properties, an object in JSON.</param>
    /// <returns>Whether it could be reconstructed; if not, a part of it may be in the buffer.</returns>
    public bool TryAppend(Utf8Buffer buffer, string template, ReadOnlySpan<byte> properties)
    {
        if (!_templates.TryGetValue(template, out StoredTemplate? stored))
        {
            if (_templates.Count == MostTemplates)
            {
                // Not of one program, then.
                _templates.Clear();
            }

            _templates.Add(template, stored = new StoredTemplate(template));
        }

        try
        {
            _properties.Read(properties);
            return TryAppend(buffer, stored, properties);
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            return false;
        }
    }

    private bool TryAppend(Utf8Buffer buffer, StoredTemplate template, ReadOnlySpan<byte> properties)
    {
        foreach (ref readonly TemplatePart part in template.Parts.AsSpan())
        {
            if (part.Section is { } section && !HasValues(template, section, properties))
            {
                continue;
            }

            buffer.Append(part.Lead);
            if (part.Argument < 0)
            {
                continue;
            }

            int start = buffer.Length;
            JsonTokenType kind = Find(template, part.Argument, properties, out ReadOnlySpan<byte> value);
            if (!TryAppendValue(buffer, kind, value, part.Format))
            {
                return false;
            }

            if (part.Alignment != 0)
            {
                buffer.Align(start, part.Alignment);
            }
        }

        return true;
    }

    private bool HasValues(StoredTemplate template, int[] section, ReadOnlySpan<byte> properties)
    {
        foreach (int argument in section)
        {
            JsonTokenType kind = Find(template, argument, properties, out ReadOnlySpan<byte> value);
            if (kind == JsonTokenType.Null || (kind == JsonTokenType.StartObject && value.SequenceEqual("{}"u8)))
            {
                return false;
            }
        }

        return true;
    }

    private JsonTokenType Find(StoredTemplate template, int argument, ReadOnlySpan<byte> properties, out ReadOnlySpan<byte> value)
    {
        string[] path = template.Paths[argument];
        value = default;
        ref int guess = ref template.GuessOf(argument);
        if (!_properties.TryFind(properties, path[0], ref guess))
        {
            return JsonTokenType.None;
        }

        StoredProperties.Member member = _properties.Members[guess];
        value = member.ValueIn(properties);
        for (int depth = 1; depth < path.Length; depth++)
        {
            if (member.Kind != JsonTokenType.StartObject)
            {
                return JsonTokenType.None;
            }

            int inside = 0;
            _nested.Read(value);
            if (!_nested.TryFind(value, path[depth], ref inside))
            {
                return JsonTokenType.None;
            }

            member = _nested.Members[inside];
            value = member.ValueIn(value);
        }

        return member.Kind;
    }

    private bool TryAppendValue(Utf8Buffer buffer, JsonTokenType kind, ReadOnlySpan<byte> value, in ArgumentFormat format)
    {
        switch (kind)
        {
            case JsonTokenType.Null:
                buffer.Append("(null)"u8);
                return true;
            case JsonTokenType.True:
                buffer.Append("True"u8);
                return true;
            case JsonTokenType.False:
                buffer.Append("False"u8);
                return true;
            case JsonTokenType.Number:
                return TryAppendNumber(buffer, value, format);
            case JsonTokenType.String:
                AppendString(buffer, value, format);
                return true;
            case JsonTokenType.StartObject:
                return TryAppendMetrics(buffer, value, format);
            default:
                return false;
        }
    }

    private static bool TryAppendNumber(Utf8Buffer buffer, ReadOnlySpan<byte> value, in ArgumentFormat format)
    {
        if (format.Text is null)
        {
            buffer.Append(value);
            return true;
        }

        if (Utf8Parser.TryParse(value, out long whole, out int used) && used == value.Length)
        {
            if (format.IsByteCount)
            {
                buffer.AppendFormatted(new ByteCount(whole), default(ReadOnlySpan<char>));
            }
            else
            {
                buffer.AppendFormatted(whole, format.Text);
            }

            return true;
        }

        if (!Utf8Parser.TryParse(value, out double number, out used) || used != value.Length)
        {
            return false;
        }

        buffer.AppendFormatted(number, format.Number);
        return true;
    }

    private static void AppendString(Utf8Buffer buffer, ReadOnlySpan<byte> value, in ArgumentFormat format)
    {
        if (format.Text is not null && Utf8Parser.TryParse(value, out TimeSpan time, out int used, 'c') && used == value.Length)
        {
            buffer.AppendFormatted(time, format.Text);
        }
        else if (!value.Contains((byte)'\\'))
        {
            buffer.Append(value);
        }
        else
        {
            buffer.Append(JsonText.Decode(value));
        }
    }

    private bool TryAppendMetrics(Utf8Buffer buffer, ReadOnlySpan<byte> value, in ArgumentFormat format)
    {
        _nested.Read(value);
        for (int i = 0; i < _nested.Members.Count; i++)
        {
            StoredProperties.Member member = _nested.Members[i];
            if (!TryReadDouble(member.Kind, member.ValueIn(value), out double number))
            {
                return false;
            }

            buffer.Append(i > 0 ? ", "u8 : default);
            buffer.Append(JsonText.Decode(member.NameIn(value)));
            buffer.Append(": "u8);
            buffer.AppendFormatted(number, format.Text is not null ? format.Number : ArgumentText.MetricFormatOf(number));
        }

        return true;
    }

    private static bool TryReadDouble(JsonTokenType kind, ReadOnlySpan<byte> value, out double number)
    {
        if (kind == JsonTokenType.Number)
        {
            return Utf8Parser.TryParse(value, out number, out int used) && used == value.Length;
        }

        number = value.SequenceEqual("NaN"u8) ? double.NaN : value.SequenceEqual("Infinity"u8) ? double.PositiveInfinity : double.NegativeInfinity;
        return kind == JsonTokenType.String && (value.SequenceEqual("NaN"u8) || value.EndsWith("Infinity"u8));
    }
}
