using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;
using FastTrainLog.Records;

namespace FastTrainLog;

/// <summary>The summary of many numbers: their count, the count of NaNs, and the minimum, maximum and mean of the others.</summary>
/// <remarks>
/// Computed in double precision: 64-bit integers beyond 2^53 are rounded. As text it reads <c>4 values, min -1.5, max 2, mean 0.25, 1 NaN</c>; a
/// format applies to the three figures, with six significant digits if there is none.
/// </remarks>
// A record stores its memory unchanged: the order of the fields is part of the journal's format.
[StructLayout(LayoutKind.Sequential)]
public readonly struct TensorSummary : ISpanFormattable, IUtf8SpanFormattable, IEquatable<TensorSummary>
{
    private const string DefaultFormat = "G6";

    internal TensorSummary(long count, long nanCount, double minimum, double maximum, double mean)
    {
        Count = count;
        NaNCount = nanCount;
        Minimum = minimum;
        Maximum = maximum;
        Mean = mean;
    }

    /// <summary>Gets the number of values, including NaNs.</summary>
    public long Count { get; }

    /// <summary>Gets how many values are NaN.</summary>
    public long NaNCount { get; }

    /// <summary>Gets the smallest value that is not NaN; NaN if there is none.</summary>
    public double Minimum { get; }

    /// <summary>Gets the greatest value that is not NaN; NaN if there is none.</summary>
    public double Maximum { get; }

    /// <summary>Gets the mean of the values that are not NaN; NaN if there is none.</summary>
    public double Mean { get; }

    /// <summary>Gets whether there is a value that is not NaN.</summary>
    public bool HasNumbers => Count > NaNCount;

    /// <summary>Summarises numbers in one pass.</summary>
    /// <typeparam name="T">The type of the numbers.</typeparam>
    /// <param name="values">The numbers.</param>
    /// <returns>The summary.</returns>
    public static TensorSummary Of<T>(ReadOnlySpan<T> values)
        where T : unmanaged, INumber<T>
    {
        // The comparisons are free: each instantiation is compiled to the one branch of its type.
        if (typeof(T) == typeof(float))
        {
            return SummaryLoops.OfSingles(MemoryMarshal.Cast<T, float>(values));
        }

        return typeof(T) == typeof(double) ? SummaryLoops.OfDoubles(MemoryMarshal.Cast<T, double>(values)) : SummaryLoops.OfAny(values);
    }

    /// <inheritdoc/>
    public override string ToString() => ToString(null, CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider)
    {
        string form = string.IsNullOrEmpty(format) ? DefaultFormat : format;
        string figures = HasNumbers
            ? $", min {Minimum.ToString(form, formatProvider)}, max {Maximum.ToString(form, formatProvider)}, mean {Mean.ToString(form, formatProvider)}"
            : string.Empty;
        return string.Create(CultureInfo.InvariantCulture, $"{Count} values{figures}{(NaNCount > 0 ? $", {NaNCount} NaN" : string.Empty)}");
    }

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
    {
        string text = ToString(format.ToString(), provider);
        charsWritten = text.TryCopyTo(destination) ? text.Length : 0;
        return charsWritten > 0;
    }

    /// <inheritdoc/>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
    {
        ReadOnlySpan<char> form = format.IsEmpty ? DefaultFormat : format;
        bytesWritten = 0;
        if (!Utf8.TryWrite(utf8Destination, CultureInfo.InvariantCulture, $"{Count} values", out int written)
            || (HasNumbers
                && !(TryAppend(", min "u8, Minimum, utf8Destination, ref written, form, provider)
                    && TryAppend(", max "u8, Maximum, utf8Destination, ref written, form, provider)
                    && TryAppend(", mean "u8, Mean, utf8Destination, ref written, form, provider))))
        {
            return false;
        }

        if (NaNCount > 0)
        {
            if (!Utf8.TryWrite(utf8Destination[written..], CultureInfo.InvariantCulture, $", {NaNCount} NaN", out int nan))
            {
                return false;
            }

            written += nan;
        }

        bytesWritten = written;
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(TensorSummary other) =>
        Count == other.Count && NaNCount == other.NaNCount && Minimum.Equals(other.Minimum) && Maximum.Equals(other.Maximum) && Mean.Equals(other.Mean);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TensorSummary other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Count, NaNCount, Minimum, Maximum, Mean);

    private static bool TryAppend(ReadOnlySpan<byte> label, double value, Span<byte> destination, ref int written, ReadOnlySpan<char> format, IFormatProvider? provider)
    {
        if (!label.TryCopyTo(destination[written..]) || !value.TryFormat(destination[(written + label.Length)..], out int digits, format, provider))
        {
            return false;
        }

        written += label.Length + digits;
        return true;
    }
}
