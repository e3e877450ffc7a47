using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FastTrainLog.Numbers;
using FastTrainLog.Utf8Text;

namespace FastTrainLog.Records;

/// <summary>Writes arguments as text for a message, in the invariant culture.</summary>
internal static unsafe class ArgumentText
{
    // Metrics without a format are rounded for readers: counts are exact, all else has six digits.
    private static readonly NumberFormat WholeMetric = NumberFormat.Parse("F0");
    private static readonly NumberFormat Metric = NumberFormat.Parse("G6");

    public static void Append(Utf8Buffer buffer, in LogArgument argument, in ArgumentFormat format)
    {
        // The most frequent kinds come first, on the fastest path.
        if (argument.Value == null)
        {
            buffer.Append("(null)"u8);
        }
        else if (argument.Kind == ArgumentKind.Double)
        {
            buffer.AppendFormatted(argument.Read<double>(), format.Number);
        }
        else if (argument.Kind == ArgumentKind.Single)
        {
            buffer.AppendFormatted(argument.Read<float>(), format.Number);
        }
        else if (argument.Kind == ArgumentKind.Int64 && format.Text is null)
        {
            buffer.AppendInteger(argument.Read<long>());
        }
        else if (argument.Kind == ArgumentKind.Int32 && format.Text is null)
        {
            buffer.AppendInteger(argument.Read<int>());
        }
        else
        {
            AppendOther(buffer, argument, format);
        }
    }

    private static void AppendOther(Utf8Buffer buffer, in LogArgument argument, in ArgumentFormat format)
    {
        if (argument.IsNull)
        {
            buffer.Append("(null)"u8);
            return;
        }

        if (format.IsByteCount && argument.TryGetInt64(out long bytes))
        {
            buffer.AppendFormatted(new ByteCount(bytes), default(ReadOnlySpan<char>));
            return;
        }

        switch (argument.Kind)
        {
            case ArgumentKind.Boolean:
                buffer.Append(argument.Read<byte>() != 0 ? "True"u8 : "False"u8);
                break;
            case ArgumentKind.Char:
                char c = argument.Read<char>();
                buffer.Append(new ReadOnlySpan<char>(in c));
                break;
            case ArgumentKind.SByte:
                buffer.AppendFormatted(argument.Read<sbyte>(), format.Text);
                break;
            case ArgumentKind.Byte:
                buffer.AppendFormatted(argument.Read<byte>(), format.Text);
                break;
            case ArgumentKind.Int16:
                buffer.AppendFormatted(argument.Read<short>(), format.Text);
                break;
            case ArgumentKind.UInt16:
                buffer.AppendFormatted(argument.Read<ushort>(), format.Text);
                break;
            case ArgumentKind.Int32:
                buffer.AppendFormatted(argument.Read<int>(), format.Text);
                break;
            case ArgumentKind.UInt32:
                buffer.AppendFormatted(argument.Read<uint>(), format.Text);
                break;
            case ArgumentKind.Int64:
                buffer.AppendFormatted(argument.Read<long>(), format.Text);
                break;
            case ArgumentKind.UInt64:
                buffer.AppendFormatted(argument.Read<ulong>(), format.Text);
                break;
            case ArgumentKind.Half:
                buffer.AppendFormatted(argument.Read<Half>(), format.Number);
                break;
            case ArgumentKind.Decimal:
                buffer.AppendFormatted(argument.Read<decimal>(), format.Text);
                break;
            case ArgumentKind.DateTime:
                buffer.AppendFormatted(DateTime.FromBinary(argument.Read<long>()), format.Text);
                break;
            case ArgumentKind.DateTimeOffset:
                buffer.AppendFormatted(ReadDateTimeOffset(argument), format.Text);
                break;
            case ArgumentKind.TimeSpan:
                buffer.AppendFormatted(new TimeSpan(argument.Read<long>()), format.Text);
                break;
            case ArgumentKind.Guid:
                buffer.AppendFormatted(argument.Read<Guid>(), format.Text);
                break;
            case ArgumentKind.String or ArgumentKind.Text or ArgumentKind.Exception:
                buffer.Append(argument.Text);
                break;
            case ArgumentKind.Enum:
                buffer.Append(argument.EnumNames!.Format(argument.Read<ulong>(), format.Text));
                break;
            case ArgumentKind.Metrics:
                AppendMetrics(buffer, argument.Value, format);
                break;
            case ArgumentKind.TensorSummary:
                buffer.AppendFormatted(argument.Read<TensorSummary>(), format.Text);
                break;
            case ArgumentKind.Numbers:
                AppendNumbers(buffer, new LoggedNumbers(argument.Value), format);
                break;
            case ArgumentKind.Properties:
                AppendProperties(buffer, argument.Value);
                break;
            default:
                throw new InvalidDataException($"Argument '{argument.Name}' has kind {argument.Kind}, which has no text.");
        }
    }

    /// <summary>Returns the format of a metric that is given none.</summary>
    public static NumberFormat MetricFormatOf(double number) => number == Math.Truncate(number) ? WholeMetric : Metric;

    public static DateTimeOffset ReadDateTimeOffset(in LogArgument argument) =>
        new(argument.Read<long>(), new TimeSpan(Unsafe.ReadUnaligned<long>(argument.Value + sizeof(long))));

    private static void AppendMetrics(Utf8Buffer buffer, byte* value, in ArgumentFormat format)
    {
        int count = Unsafe.ReadUnaligned<int>(value);
        value += sizeof(int);
        for (int i = 0; i < count; i++)
        {
            if (i > 0)
            {
                buffer.Append(", "u8);
            }

            int length = Unsafe.ReadUnaligned<int>(value);
            buffer.Append(MemoryMarshal.Cast<byte, char>(new ReadOnlySpan<byte>(value + sizeof(int), Math.Max(0, length) * sizeof(char))));
            value += sizeof(int) + (Math.Max(0, length) * sizeof(char));
            buffer.Append(": "u8);
            double number = Unsafe.ReadUnaligned<double>(value);
            buffer.AppendFormatted(number, format.Text is not null ? format.Number : MetricFormatOf(number));
            value += sizeof(double);
        }
    }

    private static void AppendNumbers(Utf8Buffer buffer, in LoggedNumbers numbers, in ArgumentFormat format)
    {
        buffer.Append((byte)'[');
        for (int i = 0; i < numbers.Count; i++)
        {
            buffer.Append(i > 0 ? ", "u8 : default);
            Append(buffer, numbers[i], format);
        }

        if (numbers.Total > numbers.Count)
        {
            buffer.Append(numbers.Count > 0 ? ", "u8 : default);
            AppendMore(buffer, numbers);
        }

        buffer.Append((byte)']');
    }

    /// <summary>Appends how many numbers were not logged.</summary>
    public static void AppendMore(Utf8Buffer buffer, in LoggedNumbers numbers)
    {
        buffer.Append("… "u8);
        buffer.AppendFormatted(numbers.Total - numbers.Count, default);
        buffer.Append(" more"u8);
    }

    private static void AppendProperties(Utf8Buffer buffer, byte* value)
    {
        int count = Unsafe.ReadUnaligned<int>(value);
        value += sizeof(int);
        for (int i = 0; i < count; i++)
        {
            buffer.Append(i > 0 ? ", "u8 : default);
            buffer.Append(RecordDecoder.ReadText(ref value));
            buffer.Append(": "u8);
            Append(buffer, RecordDecoder.ReadProperty(ref value), default);
        }
    }
}
