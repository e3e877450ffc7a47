using System.Buffers.Text;
using System.Text.Json;
using FastTrainLog.Utf8Text;

namespace FastTrainLog.Reading;

/// <summary>A member of a stored record's JSON: its name and its value, as they are in the file.</summary>
/// <remarks>Valid until its reader continues to the next record.</remarks>
public readonly ref struct StoredField
{
    private readonly ReadOnlySpan<byte> _name;
    private readonly ReadOnlySpan<byte> _value;

    internal StoredField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, JsonTokenType kind)
    {
        _name = name;
        _value = value;
        Kind = kind;
    }

    /// <summary>Gets the kind of the value: a string, a number, true, false, null, or the start of an object or an array.</summary>
    public JsonTokenType Kind { get; }

    /// <summary>Gets the name in UTF-8, escaped as it is in the file.</summary>
    public ReadOnlySpan<byte> Utf8Name => _name;

    /// <summary>Gets the value's JSON in UTF-8, as it is in the file; a string without its quotes.</summary>
    public ReadOnlySpan<byte> Utf8Value => _value;

    /// <summary>Returns the name.</summary>
    public string GetName() => JsonText.Decode(_name);

    /// <summary>Returns a string's text, or any other value's JSON; null for null.</summary>
    public string? GetText() => Kind switch
    {
        JsonTokenType.Null => null,
        JsonTokenType.String => JsonText.Decode(_value),
        _ => System.Text.Encoding.UTF8.GetString(_value),
    };

    /// <summary>Reads a number; NaN and the infinities are in the file as strings.</summary>
    public bool TryGetDouble(out double value)
    {
        if (Kind == JsonTokenType.Number)
        {
            return NumberText.TryRead(_value, out value);
        }

        value = 0;
        if (Kind == JsonTokenType.String)
        {
            if (_value.SequenceEqual("NaN"u8))
            {
                value = double.NaN;
                return true;
            }

            if (_value.SequenceEqual("Infinity"u8) || _value.SequenceEqual("-Infinity"u8))
            {
                value = _value[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads an integer.</summary>
    public bool TryGetInt64(out long value)
    {
        value = 0;
        return Kind == JsonTokenType.Number && Utf8Parser.TryParse(_value, out value, out int used) && used == _value.Length;
    }

    /// <summary>Reads a time span.</summary>
    public bool TryGetTimeSpan(out TimeSpan value)
    {
        value = default;
        return Kind == JsonTokenType.String && Utf8Parser.TryParse(_value, out value, out int used, 'c') && used == _value.Length;
    }

    /// <summary>Returns the members of an object; none if the value is not one.</summary>
    public StoredFields GetFields() => new(Kind == JsonTokenType.StartObject ? _value : "{}"u8);

    /// <summary>Returns the items of an array, without names; none if the value is not one.</summary>
    internal StoredFields GetItems() => new(Kind == JsonTokenType.StartArray ? _value : "[]"u8);
}
