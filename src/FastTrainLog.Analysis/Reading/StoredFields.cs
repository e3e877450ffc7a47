using System.Text.Json;

namespace FastTrainLog.Reading;

/// <summary>Enumerates the members of a JSON object, or the items of an array.</summary>
/// <remarks>Valid until its reader continues to the next record.</remarks>
public ref struct StoredFields
{
    private readonly ReadOnlySpan<byte> _json;
    private readonly RecordTable? _table;
    private readonly bool _areProperties;
    private int _next;
    private Utf8JsonReader _reader;

    internal StoredFields(ReadOnlySpan<byte> json)
    {
        _json = json;
        _reader = new Utf8JsonReader(json);
        _reader.Read();
    }

    /// <summary>Initializes the members of a record, or its arguments, which its table knows already.</summary>
    internal StoredFields(ReadOnlySpan<byte> line, RecordTable table, bool areProperties)
    {
        _json = line;
        _table = table;
        _areProperties = areProperties;
    }

    /// <summary>Gets the current member.</summary>
    public StoredField Current { get; private set; }

    /// <summary>Returns this, for <c>foreach</c>.</summary>
    public readonly StoredFields GetEnumerator() => this;

    /// <summary>Moves to the next member.</summary>
    public bool MoveNext()
    {
        if (_table is not null)
        {
            bool isFound = _table.TryGetAt(_json, _areProperties, _next++, out StoredField field);
            Current = field;
            return isFound;
        }

        if (!_reader.Read() || _reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
        {
            return false;
        }

        // The items of an array have no names.
        ReadOnlySpan<byte> name = [];
        if (_reader.TokenType == JsonTokenType.PropertyName)
        {
            name = _reader.ValueSpan;
            _reader.Read();
        }

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
