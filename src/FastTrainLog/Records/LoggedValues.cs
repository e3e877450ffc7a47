using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using FastTrainLog.Records;

namespace FastTrainLog;

/// <summary>Numbers that a call logs one by one, as loggers other than FastTrainLog's receive them: those up to the limit.</summary>
/// <remarks>As text they read <c>[1, 2, … 998 more]</c>; a format holds for each number.</remarks>
/// <typeparam name="T">The type of the numbers.</typeparam>
public readonly struct LoggedValues<T> : IReadOnlyList<T>, IFormattable, ILoggedNumbers
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

    /// <summary>Gets how many numbers there were.</summary>
    public int Total { get; }

    internal T[] First => _first ?? [];

    /// <summary>Gets a number.</summary>
    /// <param name="index">Its place, from 0.</param>
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
