using System.Text.Json;

namespace FastTrainLog.Reading;

/// <summary>Enumerates the members of a JSON object.</summary>
/// <remarks>Valid until its reader continues to the next record.</remarks>
public ref struct StoredFields
{
    private readonly ReadOnlySpan<byte> _json;
    private Utf8JsonReader _reader;

    internal StoredFields(ReadOnlySpan<byte> json)
    {
        _json = json;
        _reader = new Utf8JsonReader(json);
        _reader.Read();
    }

    /// <summary>Gets the current member.</summary>
    public StoredField Current { get; private set; }

    /// <summary>Returns this, for <c>foreach</c>.</summary>
    public readonly StoredFields GetEnumerator() => this;

    /// <summary>Moves to the next member.</summary>
    public bool MoveNext()
    {
        if (!_reader.Read() || _reader.TokenType != JsonTokenType.PropertyName)
        {
            return false;
        }

        ReadOnlySpan<byte> name = _reader.ValueSpan;
        _reader.Read();
        JsonTokenType kind = _reader.TokenType;
        ReadOnlySpan<byte> value = _reader.ValueSpan;
        if (kind is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            int start = (int)_reader.TokenStartIndex;
            _reader.Skip();
            value = _json[start..(int)_reader.BytesConsumed];
        }

        Current = new StoredField(name, value, kind);
        return true;
    }
}
