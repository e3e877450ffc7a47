using System.ComponentModel;
using System.Globalization;

namespace FastTrainLog.Records;

/// <summary>Named values of any kind, made storable at the call: numbers and booleans stay what they are, all else becomes text.</summary>
/// <remarks>Making one allocates and runs the values' own formatting, so it is made before the record begins.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct PropertyList
{
    private readonly (string Name, object? Value)[]? _items;

    private PropertyList((string Name, object? Value)[] items) => _items = items;

    private ReadOnlySpan<(string Name, object? Value)> Items => _items;

    /// <summary>Takes over named values.</summary>
    /// <param name="values">The names and values.</param>
    /// <returns>The list.</returns>
    public static PropertyList Of(ReadOnlySpan<KeyValuePair<string, object?>> values)
    {
        if (values.IsEmpty)
        {
            return default;
        }

        var items = new (string Name, object? Value)[values.Length];
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = (values[i].Key, Storable(values[i].Value));
        }

        return new PropertyList(items);
    }

    internal static PropertyList Of(IEnumerable<KeyValuePair<string, object?>> values) =>
        new([.. values.Select(static pair => (pair.Key, Storable(pair.Value)))]);

    internal int SizeInRecord
    {
        get
        {
            int size = sizeof(int);
            foreach ((string name, object? value) in Items)
            {
                size += SizeOf(name, value);
            }

            return size;
        }
    }

    internal void WriteTo(ref RecordWriter record)
    {
        if (record.IsOversized)
        {
            // A record larger than a page keeps its message and exception; its properties go, and the log says so.
            record.Write(1);
            record.Write("Truncated");
            record.Write((byte)ArgumentKind.Boolean);
            record.Write(true);
            return;
        }

        record.Write(Items.Length);
        foreach ((string name, object? value) in Items)
        {
            record.Write(name);
            WriteValue(ref record, value);
        }
    }

    private static int SizeOf(string name, object? value) => RecordWriter.SizeOf(name) + sizeof(byte) + value switch
    {
        null => 0,
        string text => RecordWriter.SizeOf(text),
        bool => sizeof(bool),
        _ => sizeof(long),
    };

    private static void WriteValue(ref RecordWriter record, object? value)
    {
        switch (value)
        {
            case null:
                record.Write((byte)ArgumentKind.Null);
                break;
            case bool boolean:
                record.Write((byte)ArgumentKind.Boolean);
                record.Write(boolean);
                break;
            case long integer:
                record.Write((byte)ArgumentKind.Int64);
                record.Write(integer);
                break;
            case ulong integer:
                record.Write((byte)ArgumentKind.UInt64);
                record.Write(integer);
                break;
            case double number:
                record.Write((byte)ArgumentKind.Double);
                record.Write(number);
                break;
            default:
                record.Write((byte)ArgumentKind.String);
                record.Write((string)value);
                break;
        }
    }

    private static object? Storable(object? value) => value switch
    {
        null or string or bool or long or ulong or double => value,
        sbyte or byte or short or ushort or int or uint => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        float number => double.Parse(number.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        System.Collections.IEnumerable sequence => string.Join(", ", sequence.Cast<object?>().Select(item => Storable(item) ?? "(null)")),
        _ => value.ToString(),
    };
}
