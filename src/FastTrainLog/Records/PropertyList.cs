using System.ComponentModel;
using System.Globalization;
using System.Numerics;

namespace FastTrainLog.Records;

/// <summary>Named values of any kind, converted for storage at the call: values with a binary form keep it, all others become text.</summary>
/// <remarks>
/// Creating one allocates and runs the values' own formatting, so it is created before the record begins. A value that throws becomes a text that says so. The
/// types that keep their form are those that an attributed method supports.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct PropertyList
{
    // Texts are not cut shorter than this: names must stay distinguishable, and the number of cut characters must fit.
    private const int ShortestText = 48;

    // A sequence that does not know its length may be endless.
    private const int MostOfSequence = 4096;
    private const string More = "… more than 4096";

    private readonly Item[]? _items;

    private PropertyList(Item[] items) => _items = items;

    internal ReadOnlySpan<Item> Items => _items;

    /// <summary>Takes over named values.</summary>
    /// <param name="values">The names and values.</param>
    /// <returns>The list.</returns>
    public static PropertyList Of(ReadOnlySpan<KeyValuePair<string, object?>> values)
    {
        if (values.IsEmpty)
        {
            return default;
        }

        var items = new Item[values.Length];
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = Item.Of(values[i].Key, values[i].Value);
        }

        return new PropertyList(items);
    }

    /// <summary>Takes the pairs of a state whose own code returns them; one that throws is replaced by a text.</summary>
    internal static PropertyList Of(IEnumerable<KeyValuePair<string, object?>> values)
    {
        var items = new List<Item>();
        try
        {
            if (values is IReadOnlyList<KeyValuePair<string, object?>> list)
            {
                for (int i = 0; i < list.Count; i++)
                {
                    items.Add(ItemAt(list, i));
                }
            }
            else
            {
                foreach (KeyValuePair<string, object?> pair in values)
                {
                    if (items.Count == MostOfSequence)
                    {
                        items.Add(Item.Of(More, null));
                        break;
                    }

                    items.Add(Item.Of(pair.Key, pair.Value));
                }
            }
        }
        catch (Exception failure)
        {
            items.Add(Item.Of("Failure", SafeText.Failure(values.GetType(), failure)));
        }

        return new PropertyList([.. items]);
    }

    internal int SizeInRecord
    {
        get
        {
            int size = sizeof(int);
            foreach (Item item in Items)
            {
                size += item.Size;
            }

            return size;
        }
    }

    internal void WriteTo(ref RecordWriter record)
    {
        ReadOnlySpan<Item> items = record.IsOversized ? FitInto(record.RoomForList).Items : Items;
        record.Write(items.Length);
        foreach (Item item in items)
        {
            item.WriteTo(ref record);
        }
    }

    /// <summary>Returns the values with their texts truncated so that they take no more than a number of bytes; numbers are kept.</summary>
    internal PropertyList FitInto(int bytes)
    {
        if (SizeInRecord <= bytes)
        {
            return this;
        }

        int limit = ShortestText;
        for (int longer = 1 << 17; longer > 0; longer >>= 1)
        {
            limit += SizeWith(limit + longer) <= bytes ? longer : 0;
        }

        var items = new List<Item>();
        int left = bytes - sizeof(int) - Item.LeftOut(int.MaxValue).Size;
        foreach (Item item in Items)
        {
            Item cut = item.CutTo(limit);
            left -= cut.Size;
            if (left < 0)
            {
                items.Add(Item.LeftOut(Items.Length - items.Count));
                break;
            }

            items.Add(cut);
        }

        return new PropertyList([.. items]);
    }

    private static Item ItemAt(IReadOnlyList<KeyValuePair<string, object?>> list, int index)
    {
        try
        {
            KeyValuePair<string, object?> pair = list[index];
            return Item.Of(pair.Key, pair.Value);
        }
        catch (Exception failure)
        {
            return Item.Of(NameOf(list, index) ?? $"Item{index}", SafeText.Failure(list.GetType(), failure));
        }
    }

    // If a call has fewer values than its template has placeholders, the platform's state throws for the others and ends with the template.
    private static string? NameOf(IReadOnlyList<KeyValuePair<string, object?>> list, int index)
    {
        try
        {
            return list[^1] is { Key: FormattedText.Template, Value: string template } ? FormattedText.NameOfHole(template, index) : null;
        }
        catch (Exception)
        {
            return null;
        }
    }

    private int SizeWith(int limit)
    {
        int size = sizeof(int) + Item.LeftOut(int.MaxValue).Size;
        foreach (Item item in Items)
        {
            size += item.CutTo(limit).Size;
        }

        return size;
    }

    /// <summary>A named value in the form that it is stored in.</summary>
    internal readonly record struct Item(string? Name, ArgumentKind Kind, object? Value)
    {
        private const string LeftOutName = "… left out";

        public static Item Of(string? name, object? value)
        {
            try
            {
                return Form(name, value);
            }
            catch (Exception failure)
            {
                return new Item(name, ArgumentKind.String, SafeText.Failure(value!.GetType(), failure));
            }
        }

        /// <summary>Returns the text after the values that fit, which counts the others.</summary>
        public static Item LeftOut(int count) => new(LeftOutName, ArgumentKind.Int32, count);

        public int Size => RecordWriter.SizeOf(Name) + sizeof(byte) + ValueSize;

        public int ValueSize => Kind switch
        {
            ArgumentKind.String => RecordWriter.SizeOf((string?)Value),
            ArgumentKind.Metrics => RecordWriter.SizeOf((Metric[])Value!),
            ArgumentKind.Numbers => ((INumberItems)Value!).Size,
            _ => RecordDecoder.FixedSize(Kind),
        };

        public Item CutTo(int limit) => new(
            RecordWriter.CutName(Name, limit),
            Kind,
            Kind switch
            {
                ArgumentKind.String => RecordWriter.CutText((string?)Value, limit),
                ArgumentKind.Metrics => Array.ConvertAll((Metric[])Value!, metric => new Metric(RecordWriter.CutName(metric.Name, limit)!, metric.Value)),
                _ => Value,
            });

        /// <summary>Returns the value as text for a message.</summary>
        public string? Text => Kind is ArgumentKind.Metrics ? string.Join(", ", Array.ConvertAll((Metric[])Value!, static m => string.Create(CultureInfo.InvariantCulture, $"{m.Name}: {m.Value}"))) : SafeText.Of(Value);

        public void WriteTo(ref RecordWriter record)
        {
            record.WriteWhole(Name);
            record.Write((byte)Kind);
            WriteValue(ref record);
        }

        /// <summary>Writes only the value, as much of it as fits into a record.</summary>
        public void WriteFitting(ref RecordWriter record)
        {
            switch (Value)
            {
                case string text:
                    record.Write(text);
                    break;
                case Metric[] metrics:
                    record.Write(metrics);
                    break;
                case INumberItems numbers:
                    numbers.WriteFitting(ref record);
                    break;
                default:
                    WriteValue(ref record);
                    break;
            }
        }

        /// <summary>Returns the same as text.</summary>
        public Item AsText() => new(Name, ArgumentKind.String, Value is null ? null : Text);

        private void WriteValue(ref RecordWriter record)
        {
            switch (Value)
            {
                case null when Kind is ArgumentKind.String:
                    // Of a value whose own code returns null for its text.
                    record.WriteWhole(null);
                    break;
                case null:
                    break;
                case string text:
                    record.WriteWhole(text);
                    break;
                case bool value:
                    record.Write(value);
                    break;
                case char value:
                    record.Write(value);
                    break;
                case sbyte value:
                    record.Write(value);
                    break;
                case byte value:
                    record.Write(value);
                    break;
                case short value:
                    record.Write(value);
                    break;
                case ushort value:
                    record.Write(value);
                    break;
                case int value:
                    record.Write(value);
                    break;
                case uint value:
                    record.Write(value);
                    break;
                case long value:
                    record.Write(value);
                    break;
                case ulong value:
                    record.Write(value);
                    break;
                case Half value:
                    record.Write(value);
                    break;
                case float value:
                    record.Write(value);
                    break;
                case double value:
                    record.Write(value);
                    break;
                case decimal value:
                    record.Write(value);
                    break;
                case DateTime value:
                    record.Write(value);
                    break;
                case DateTimeOffset value:
                    record.Write(value);
                    break;
                case TimeSpan value:
                    record.Write(value.Ticks);
                    break;
                case Guid value:
                    record.Write(value);
                    break;
                case TensorSummary value:
                    record.Write(value);
                    break;
                case Metric[] metrics:
                    record.WriteAll(metrics);
                    break;
                case INumberItems numbers:
                    numbers.WriteTo(ref record);
                    break;
            }
        }

        private static Item Form(string? name, object? value) => value switch
        {
            null => new Item(name, ArgumentKind.Null, null),
            string => new Item(name, ArgumentKind.String, value),
            bool => new Item(name, ArgumentKind.Boolean, value),
            char => new Item(name, ArgumentKind.Char, value),
            sbyte => new Item(name, ArgumentKind.SByte, value),
            byte => new Item(name, ArgumentKind.Byte, value),
            short => new Item(name, ArgumentKind.Int16, value),
            ushort => new Item(name, ArgumentKind.UInt16, value),
            int => new Item(name, ArgumentKind.Int32, value),
            uint => new Item(name, ArgumentKind.UInt32, value),
            long => new Item(name, ArgumentKind.Int64, value),
            ulong => new Item(name, ArgumentKind.UInt64, value),
            nint number => new Item(name, ArgumentKind.Int64, (long)number),
            nuint number => new Item(name, ArgumentKind.UInt64, (ulong)number),
            Half => new Item(name, ArgumentKind.Half, value),
            float => new Item(name, ArgumentKind.Single, value),
            double => new Item(name, ArgumentKind.Double, value),
            decimal => new Item(name, ArgumentKind.Decimal, value),
            DateTime => new Item(name, ArgumentKind.DateTime, value),
            DateTimeOffset => new Item(name, ArgumentKind.DateTimeOffset, value),
            TimeSpan => new Item(name, ArgumentKind.TimeSpan, value),
            Guid => new Item(name, ArgumentKind.Guid, value),
            TensorSummary => new Item(name, ArgumentKind.TensorSummary, value),
            IEnumerable<Metric> metrics => new Item(name, ArgumentKind.Metrics, MetricsOf(metrics)),
            INumberItems { Count: <= INumberItems.Most } => new Item(name, ArgumentKind.Numbers, value),
            _ => SummaryOf(value) is { } summary
                ? new Item(name, ArgumentKind.TensorSummary, summary)
                : new Item(name, ArgumentKind.String, SafeText.Of(value)),
        };

        private static Metric[] MetricsOf(IEnumerable<Metric> metrics)
        {
            if (metrics is ICollection<Metric> or IReadOnlyCollection<Metric>)
            {
                return [.. metrics];
            }

            Metric[] first = [.. metrics.Take(MostOfSequence + 1)];
            if (first.Length > MostOfSequence)
            {
                first[^1] = new Metric(More, double.NaN);
            }

            return first;
        }

        // Memory of numbers is summarised, as by an attributed method. Arrays are listed item by item.
        private static object? SummaryOf(object value) => !value.GetType().IsValueType ? null
            : Summary<float>(value) ?? Summary<double>(value) ?? Summary<Half>(value) ?? Summary<int>(value) ?? Summary<long>(value) ?? Summary<byte>(value)
            ?? Summary<sbyte>(value) ?? Summary<short>(value) ?? Summary<ushort>(value) ?? Summary<uint>(value) ?? Summary<ulong>(value) ?? Summary<decimal>(value);

        private static object? Summary<T>(object value)
            where T : unmanaged, INumber<T> => value switch
            {
                ReadOnlyMemory<T> memory => TensorSummary.Of(memory.Span),
                Memory<T> memory => TensorSummary.Of<T>(memory.Span),
                _ => null,
            };
    }
}
