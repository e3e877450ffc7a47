using System.Buffers;
using System.Collections;
using System.ComponentModel;
using System.Globalization;
using System.Text;

namespace FastTrainLog.Records;

/// <summary>Renders the arguments of a message for loggers other than FastTrainLog's, as <c>[LoggerMessage]</c> does.</summary>
/// <remarks>
/// That generator has two forms. Methods of up to six arguments, all in the template and in its order, go through
/// <c>LoggerMessage.Define</c>; others through a generated struct. The two render null and sequences differently.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class MessageArgument
{
    internal const string Null = "(null)";

    /// <summary>Returns what <c>LoggerMessage.Define</c> makes of a value: <c>(null)</c>, and the items of a sequence without brackets.</summary>
    /// <param name="value">The value.</param>
    /// <returns>What to format instead.</returns>
    public static object Defined(object? value) => value switch
    {
        null => Null,
        string => value,
        IEnumerable sequence => Join(new StringBuilder(), sequence).ToString(),
        _ => value,
    };

    /// <summary>Returns a value type's value without boxing it.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="value">The value, or null.</param>
    /// <param name="format">The format of its placeholder, or null.</param>
    /// <param name="ifNull">The text in place of null.</param>
    /// <returns>What to format instead.</returns>
    public static MessageValue<T> Nullable<T>(T? value, string? format = null, string ifNull = "")
        where T : struct => new(value.GetValueOrDefault(), value.HasValue ? null : ifNull, format);

    /// <summary>Returns what <c>LoggerMessage.Define</c> makes of a value whose type is a type parameter, without boxing it.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="format">The format of its placeholder, or null.</param>
    /// <returns>What to format instead.</returns>
    public static MessageValue<T> Generic<T>(T value, string? format = null)
    {
        string? text = value switch
        {
            null => Null,
            string s => s,
            IEnumerable => (string)Defined(value),
            _ => null,
        };
        return new MessageValue<T>(value, text, format);
    }

    /// <summary>Returns a value whose format the language does not allow in an interpolated string.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="format">The format of its placeholder.</param>
    /// <returns>What to format instead.</returns>
    public static MessageValue<T> Formatted<T>(T value, string format) => new(value, text: null, format);

    /// <summary>Returns a number of bytes as text for a message.</summary>
    /// <param name="value">The number, or null.</param>
    /// <param name="ifNull">The text in place of null.</param>
    /// <returns>What to format instead.</returns>
    public static MessageValue<ByteCount> Bytes(double? value, string ifNull = "") =>
        new(new ByteCount(value.GetValueOrDefault()), value.HasValue ? null : ifNull, format: null);

    /// <summary>Returns what a struct generated for <c>[LoggerMessage]</c> makes of a sequence: its items in brackets.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <returns>The text; <c>(null)</c> for null.</returns>
    public static string Sequence(IEnumerable? sequence)
    {
        if (sequence is null)
        {
            return Null;
        }

        StringBuilder text = new StringBuilder().Append('[');
        return Join(text, sequence).Append(']').ToString();
    }

    /// <summary>Returns metrics as FastTrainLog's own messages show them: counts exactly, all others to six digits.</summary>
    /// <param name="metrics">The metrics.</param>
    /// <param name="format">The format of their values; null for the one above.</param>
    /// <returns>The text: <c>loss: 0.123457, count: 12</c>.</returns>
    public static string Metrics(Metric[]? metrics, string? format = null) => string.Join(
        ", ",
        (metrics ?? []).Select(m => $"{m.Name}: {m.Value.ToString(format ?? (m.Value == Math.Truncate(m.Value) ? "F0" : "G6"), CultureInfo.InvariantCulture)}"));

    /// <summary>Writes a text.</summary>
    /// <param name="writer">The writer; ZLogger's returns an empty span if it is full, unless a size is requested.</param>
    /// <param name="text">The text, in UTF-8.</param>
    public static void Write(IBufferWriter<byte> writer, ReadOnlySpan<byte> text)
    {
        text.CopyTo(writer.GetSpan(text.Length));
        writer.Advance(text.Length);
    }

    private static StringBuilder Join(StringBuilder text, IEnumerable sequence)
    {
        bool first = true;
        foreach (object? item in sequence)
        {
            if (!first)
            {
                text.Append(", ");
            }

            first = false;
            text.Append(item switch
            {
                null => Null,
                IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
                _ => item.ToString(),
            });
        }

        return text;
    }
}
