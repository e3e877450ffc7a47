using System.Runtime.InteropServices;

namespace FastTrainLog.State;

/// <summary>Serialises and deserialises the state of a reader of a log: each type lists its fields once, for both directions.</summary>
/// <remarks>The input was verified by a checksum and was written by this version of the library, so only its end is checked.</remarks>
internal abstract class StateCodec
{
    /// <summary>Serialises or deserialises a number, a time, or a structure of these.</summary>
    // Not itself virtual: a call of a generic virtual method costs as much as ten of these.
    public void Value<T>(ref T value)
        where T : unmanaged => Bytes(MemoryMarshal.AsBytes(new Span<T>(ref value)));

    /// <summary>Serialises or deserialises a text or null.</summary>
    public abstract void Text(ref string? text);

    /// <summary>Gets whether fields are read from the index.</summary>
    public abstract bool IsReading { get; }

    /// <summary>Serialises or deserialises a nullable number.</summary>
    public void Value<T>(ref T? value)
        where T : unmanaged
    {
        bool has = value.HasValue;
        T known = value.GetValueOrDefault();
        Value(ref has);
        Value(ref known);
        value = has ? known : null;
    }

    /// <summary>Serialises or deserialises an array of numbers.</summary>
    public void Values<T>(ref T[] values)
        where T : unmanaged
    {
        int count = values.Length;
        Value(ref count);
        values = IsReading ? new T[count] : values;
        Values(values.AsSpan());
    }

    /// <summary>Serialises or deserialises a fixed number of numbers.</summary>
    public void Values<T>(Span<T> values)
        where T : unmanaged => Bytes(MemoryMarshal.AsBytes(values));

    /// <summary>Serialises or deserialises a list; <paramref name="item"/> does so for its items.</summary>
    public void List<T>(List<T> list, Func<T?, T> item)
    {
        int count = list.Count;
        Value(ref count);
        if (IsReading)
        {
            list.Clear();
            for (int i = 0; i < count; i++)
            {
                list.Add(item(default));
            }

            return;
        }

        foreach (T known in list)
        {
            item(known);
        }
    }

    /// <summary>Serialises or deserialises a dictionary; the functions do so for its keys and values, each key before its value.</summary>
    public void Dictionary<TKey, TValue>(IDictionary<TKey, TValue> dictionary, Func<TKey?, TKey> key, Func<TKey, TValue?, TValue> value)
        where TKey : notnull
    {
        int count = dictionary.Count;
        Value(ref count);
        if (IsReading)
        {
            dictionary.Clear();
            for (int i = 0; i < count; i++)
            {
                TKey read = key(default);
                dictionary.Add(read, value(read, default));
            }

            return;
        }

        foreach ((TKey knownKey, TValue knownValue) in dictionary)
        {
            key(knownKey);
            value(knownKey, knownValue);
        }
    }

    /// <summary>Serialises or deserialises a text that is not null, in the form that <see cref="Dictionary"/> requires.</summary>
    public string Text(string? text)
    {
        Text(ref text);
        return text!;
    }

    /// <summary>Serialises or deserialises a number or null, in the form that <see cref="Dictionary"/> requires.</summary>
    public T? Nullable<T>(T? value)
        where T : unmanaged
    {
        Value(ref value);
        return value;
    }

    /// <summary>Serialises bytes, or replaces them by those that were serialised.</summary>
    protected abstract void Bytes(Span<byte> bytes);

    /// <summary>Serialises or deserialises a number, in the form that <see cref="Dictionary"/> requires.</summary>
    public T Value<T>(T value)
        where T : unmanaged
    {
        Value(ref value);
        return value;
    }
}
