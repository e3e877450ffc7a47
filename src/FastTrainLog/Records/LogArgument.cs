using System.Runtime.InteropServices;
using System.Text.Json;
using FastTrainLog.Records;
using FastTrainLog.Utf8Text;

namespace FastTrainLog;

/// <summary>An argument of a record.</summary>
/// <remarks>Valid as long as its record.</remarks>
public readonly unsafe ref struct LogArgument
{
    [ThreadStatic]
    private static Utf8Buffer? JsonBuffer;

    private readonly byte* _value;
    private readonly CallSiteArgument _description;

    internal LogArgument(CallSiteArgument description, byte* value)
    {
        _description = description;
        _value = value;
    }

    /// <summary>Gets the name.</summary>
    public string Name => _description.Name;

    /// <summary>Gets the binary form.</summary>
    public ArgumentKind Kind => _description.Kind;

    /// <summary>Gets whether the value is null.</summary>
    public bool IsNull => _value == null || (IsText && ReadLength() < 0);

    /// <summary>Gets whether there is a value to show: neither null nor an empty list of metrics or properties.</summary>
    internal bool HasValue => !IsNull && (Kind is not (ArgumentKind.Metrics or ArgumentKind.Properties) || Read<int>() > 0);

    internal byte* Value => _value;

    internal EnumNames? EnumNames => _description.EnumNames;

    private bool IsText => Kind is ArgumentKind.String or ArgumentKind.Text or ArgumentKind.Exception;

    /// <summary>Gets the text of a string or of a value formatted at the call; the type's name of an exception; empty for others.</summary>
    public ReadOnlySpan<char> Text => IsText && !IsNull ? MemoryMarshal.Cast<byte, char>(new ReadOnlySpan<byte>(_value + sizeof(int), ReadLength() * sizeof(char))) : default;

    /// <summary>Reads a number of any numeric kind, or an enum's value.</summary>
    /// <param name="value">The number.</param>
    /// <returns>False if the argument is null or not a number.</returns>
    public bool TryGetDouble(out double value)
    {
        value = 0;
        if (_value == null)
        {
            return false;
        }

        double? number = Kind switch
        {
            ArgumentKind.Double => Read<double>(),
            ArgumentKind.Single => Read<float>(),
            ArgumentKind.Half => (double)Read<Half>(),
            ArgumentKind.Decimal => (double)Read<decimal>(),
            ArgumentKind.UInt64 => Read<ulong>(),
            _ => TryGetInt64(out long integer) ? integer : null,
        };
        value = number.GetValueOrDefault();
        return number.HasValue;
    }

    /// <summary>Reads an integer of any kind that fits 64 bits with sign, a time span's ticks, or an enum's value.</summary>
    /// <param name="value">The integer.</param>
    /// <returns>False if the argument is null or not such an integer.</returns>
    public bool TryGetInt64(out long value)
    {
        value = 0;
        if (_value == null)
        {
            return false;
        }

        long? integer = Kind switch
        {
            ArgumentKind.SByte => Read<sbyte>(),
            ArgumentKind.Byte => Read<byte>(),
            ArgumentKind.Int16 => Read<short>(),
            ArgumentKind.UInt16 => Read<ushort>(),
            ArgumentKind.Int32 => Read<int>(),
            ArgumentKind.UInt32 => Read<uint>(),
            ArgumentKind.Int64 or ArgumentKind.Enum or ArgumentKind.TimeSpan => Read<long>(),
            ArgumentKind.UInt64 => Read<ulong>() <= long.MaxValue ? (long)Read<ulong>() : null,
            _ => null,
        };
        value = integer.GetValueOrDefault();
        return integer.HasValue;
    }

    /// <summary>
    /// Returns the value as an object: the type it was logged with, a string for text and enums, a list of pairs for metrics, properties and scopes, an
    /// array for numbers.
    /// </summary>
    /// <returns>The value, or null.</returns>
    public object? ToObject()
    {
        if (IsNull)
        {
            return null;
        }

        return Kind switch
        {
            ArgumentKind.Boolean => Read<byte>() != 0,
            ArgumentKind.Char => Read<char>(),
            ArgumentKind.SByte => Read<sbyte>(),
            ArgumentKind.Byte => Read<byte>(),
            ArgumentKind.Int16 => Read<short>(),
            ArgumentKind.UInt16 => Read<ushort>(),
            ArgumentKind.Int32 => Read<int>(),
            ArgumentKind.UInt32 => Read<uint>(),
            ArgumentKind.Int64 => Read<long>(),
            ArgumentKind.UInt64 => Read<ulong>(),
            ArgumentKind.Half => Read<Half>(),
            ArgumentKind.Single => Read<float>(),
            ArgumentKind.Double => Read<double>(),
            ArgumentKind.Decimal => Read<decimal>(),
            ArgumentKind.DateTime => DateTime.FromBinary(Read<long>()),
            ArgumentKind.DateTimeOffset => ArgumentText.ReadDateTimeOffset(this),
            ArgumentKind.TimeSpan => new TimeSpan(Read<long>()),
            ArgumentKind.Guid => Read<Guid>(),
            ArgumentKind.Enum => EnumNames!.GetName(Read<ulong>()),
            ArgumentKind.String or ArgumentKind.Text or ArgumentKind.Exception => Text.ToString(),
            ArgumentKind.Metrics => ReadMetrics(),
            ArgumentKind.Properties => ReadProperties(),
            ArgumentKind.TensorSummary => Read<TensorSummary>(),
            ArgumentKind.Numbers => ReadNumbers(),
            _ => null,
        };
    }

    /// <summary>Writes the value as JSON: numbers as numbers, NaN and infinities as strings, times in ISO 8601.</summary>
    /// <param name="writer">The writer; a property's name must have been written before, if one is required.</param>
    public void WriteJson(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        Utf8Buffer buffer = JsonBuffer ??= new Utf8Buffer(256);
        buffer.Clear();
        ArgumentJson.Append(buffer, this);
        writer.WriteRawValue(buffer.Written, skipInputValidation: true);
    }

    private List<KeyValuePair<string, double>> ReadMetrics()
    {
        byte* value = _value;
        int count = Read<int>();
        value += sizeof(int);
        var metrics = new List<KeyValuePair<string, double>>(count);
        for (int i = 0; i < count; i++)
        {
            string name = RecordDecoder.ReadText(ref value).ToString();
            metrics.Add(new(name, System.Runtime.CompilerServices.Unsafe.ReadUnaligned<double>(value)));
            value += sizeof(double);
        }

        return metrics;
    }

    private List<KeyValuePair<string, object?>> ReadProperties()
    {
        byte* value = _value;
        int count = Read<int>();
        value += sizeof(int);
        var properties = new List<KeyValuePair<string, object?>>(count);
        for (int i = 0; i < count; i++)
        {
            string name = RecordDecoder.ReadText(ref value).ToString();
            properties.Add(new(name, RecordDecoder.ReadProperty(ref value).ToObject()));
        }

        return properties;
    }

    private object?[] ReadNumbers()
    {
        var numbers = new LoggedNumbers(_value);
        var values = new object?[numbers.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = numbers[i].ToObject();
        }

        return values;
    }

    internal T Read<T>()
        where T : unmanaged => System.Runtime.CompilerServices.Unsafe.ReadUnaligned<T>(_value);

    private int ReadLength() => Read<int>();
}
