using System.ComponentModel;
using System.Text.Json;

namespace FastTrainLog.Records;

/// <summary>Writes arguments of a generated state as JSON properties, without boxing; for ZLogger, which calls states for it.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class PropertyJson
{
    /// <summary>Writes a property: numbers as numbers, NaN and infinities as strings, types without a JSON form as their text.</summary>
    /// <typeparam name="T">The value's type; no <see cref="Nullable{T}"/>.</typeparam>
    /// <param name="writer">The writer, inside an object.</param>
    /// <param name="name">The property's name, in UTF-8.</param>
    /// <param name="value">The value.</param>
    public static void Write<T>(Utf8JsonWriter writer, ReadOnlySpan<byte> name, T value)
    {
        writer.WritePropertyName(name);
        WriteValue(writer, value);
    }

    internal static void WriteValue<T>(Utf8JsonWriter writer, T value)
    {
        // The casts through object are free: the runtime compiles each instantiation to the one branch of its type.
        if (value is null)
        {
            writer.WriteNullValue();
        }
        else if (typeof(T) == typeof(bool))
        {
            writer.WriteBooleanValue((bool)(object)value);
        }
        else if (typeof(T) == typeof(int))
        {
            writer.WriteNumberValue((int)(object)value);
        }
        else if (typeof(T) == typeof(uint))
        {
            writer.WriteNumberValue((uint)(object)value);
        }
        else if (typeof(T) == typeof(long))
        {
            writer.WriteNumberValue((long)(object)value);
        }
        else if (typeof(T) == typeof(ulong))
        {
            writer.WriteNumberValue((ulong)(object)value);
        }
        else if (typeof(T) == typeof(short))
        {
            writer.WriteNumberValue((short)(object)value);
        }
        else if (typeof(T) == typeof(ushort))
        {
            writer.WriteNumberValue((ushort)(object)value);
        }
        else if (typeof(T) == typeof(byte))
        {
            writer.WriteNumberValue((byte)(object)value);
        }
        else if (typeof(T) == typeof(sbyte))
        {
            writer.WriteNumberValue((sbyte)(object)value);
        }
        else if (typeof(T) == typeof(decimal))
        {
            writer.WriteNumberValue((decimal)(object)value);
        }
        else if (typeof(T) == typeof(double) && double.IsFinite((double)(object)value))
        {
            writer.WriteNumberValue((double)(object)value);
        }
        else if (typeof(T) == typeof(float) && float.IsFinite((float)(object)value))
        {
            writer.WriteNumberValue((float)(object)value);
        }
        else if (typeof(T) == typeof(DateTime))
        {
            writer.WriteStringValue((DateTime)(object)value);
        }
        else if (typeof(T) == typeof(DateTimeOffset))
        {
            writer.WriteStringValue((DateTimeOffset)(object)value);
        }
        else if (typeof(T) == typeof(Guid))
        {
            writer.WriteStringValue((Guid)(object)value);
        }
        else if (typeof(T) == typeof(Metric[]))
        {
            WriteMetrics(writer, (Metric[])(object)value);
        }
        else if (typeof(T) == typeof(TensorSummary))
        {
            WriteSummary(writer, (TensorSummary)(object)value);
        }
        else if (value is ILoggedNumbers)
        {
            ((ILoggedNumbers)value).WriteJson(writer);
        }
        else
        {
            var text = new TextArgument(stackalloc char[128]);
            text.Format(value, null);
            writer.WriteStringValue(text.Written);
            text.Dispose();
        }
    }

    private static void WriteSummary(Utf8JsonWriter writer, TensorSummary summary)
    {
        writer.WriteStartObject();
        writer.WriteNumber("count"u8, summary.Count);
        writer.WriteNumber("nan"u8, summary.NaNCount);
        if (summary.HasNumbers)
        {
            Write(writer, "min"u8, summary.Minimum);
            Write(writer, "max"u8, summary.Maximum);
            Write(writer, "mean"u8, summary.Mean);
        }

        writer.WriteEndObject();
    }

    private static void WriteMetrics(Utf8JsonWriter writer, Metric[] metrics)
    {
        writer.WriteStartObject();
        foreach (Metric metric in metrics)
        {
            if (double.IsFinite(metric.Value))
            {
                writer.WriteNumber(metric.Name, metric.Value);
            }
            else
            {
                writer.WriteString(metric.Name, metric.Value.ToString(System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        writer.WriteEndObject();
    }
}
