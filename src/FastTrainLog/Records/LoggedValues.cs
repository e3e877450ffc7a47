using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using FastTrainLog.Records;

namespace FastTrainLog;

/// <summary>Numbers that a call logs one by one, as loggers other than FastTrainLog's receive them: those up to the limit.</summary>
/// <remarks>As text: <c>[1, 2, … 998 more]</c>; a format applies to each number.</remarks>
/// <typeparam name="T">The type of the numbers.</typeparam>
public readonly struct LoggedValues<T> : IReadOnlyList<T>, IFormattable, ILoggedNumbers, INumberItems
    where T : unmanaged, INumber<T>
{
    private readonly T[]? _first;

    internal LoggedValues(T[] first, int total)
    {
        _first = first;
        Total = total;
    }

    /// <summary>Gets how many numbers are kept.</summary>
    public int Count => First.Length;

    /// <summary>Gets how many numbers there were at the call.</summary>
    public int Total { get; }

    internal T[] First => _first ?? [];

    /// <summary>Gets a number.</summary>
    /// <param name="index">Its index, from 0.</param>
    public T this[int index] => First[index];

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)First).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() => ToString(null, CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider)
    {
        var text = new StringBuilder("[");
        foreach (T value in First)
        {
            text.Append(text.Length > 1 ? ", " : string.Empty).Append(value.ToString(format, formatProvider));
        }

        if (Total > Count)
        {
            text.Append(Count > 0 ? ", " : string.Empty).Append(More);
        }

        return text.Append(']').ToString();
    }

    private string More => string.Create(CultureInfo.InvariantCulture, $"… {Total - Count} more");

    int INumberItems.Size => RecordWriter.SizeOf((ValueSpan<T>)this);

    void INumberItems.WriteTo(ref RecordWriter record) => record.WriteAll((ValueSpan<T>)this);

    void INumberItems.WriteFitting(ref RecordWriter record) => record.Write((ValueSpan<T>)this);

    void ILoggedNumbers.WriteJson(Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        foreach (T value in First)
        {
            PropertyJson.WriteValue(writer, value);
        }

        if (Total > Count)
        {
            writer.WriteStringValue(More);
        }

        writer.WriteEndArray();
    }
}
