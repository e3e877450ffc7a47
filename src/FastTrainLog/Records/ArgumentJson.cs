using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FastTrainLog.Numbers;
using FastTrainLog.Utf8Text;

namespace FastTrainLog.Records;

/// <summary>Writes arguments as JSON values: numbers as numbers, NaN and infinities as strings, times in ISO 8601.</summary>
internal static unsafe class ArgumentJson
{
    private static readonly CallSiteArgument MetricValue = new(string.Empty, ArgumentKind.Double);

    public static void Append(Utf8Buffer buffer, in LogArgument argument)
    {
        if (argument.IsNull)
        {
            buffer.Append("null"u8);
            return;
        }

        // The most frequent kinds come first, on the fastest path.
        switch (argument.Kind)
        {
            case ArgumentKind.Double when double.IsFinite(argument.Read<double>()):
                buffer.AppendFormatted(argument.Read<double>(), default(NumberFormat));
                break;
            case ArgumentKind.Single when float.IsFinite(argument.Read<float>()):
                buffer.AppendFormatted(argument.Read<float>(), default(NumberFormat));
                break;
            case ArgumentKind.Int64:
                buffer.AppendInteger(argument.Read<long>());
                break;
            case ArgumentKind.Int32:
                buffer.AppendInteger(argument.Read<int>());
                break;
            case ArgumentKind.Metrics:
                AppendMetrics(buffer, argument);
                break;
            case ArgumentKind.Properties:
                bool first = true;
                buffer.Append((byte)'{');
                AppendPairs(buffer, argument, ref first);
                buffer.Append((byte)'}');
                break;
            default:
                AppendScalar(buffer, argument.Kind, argument.Value, argument);
                break;
        }
    }

    /// <summary>Appends the pairs of a <see cref="ArgumentKind.Properties"/> argument, each after a comma if one came before.</summary>
    public static void AppendPairs(Utf8Buffer buffer, in LogArgument properties, ref bool first)
    {
        byte* value = properties.Value;
        int count = Unsafe.ReadUnaligned<int>(value);
        value += sizeof(int);
        var names = new MemberNames(stackalloc nint[MemberNames.Few], count);
        for (int i = 0; i < count; i++)
        {
            AppendName(buffer, ref value, ref first, ref names, properties);
            Append(buffer, RecordDecoder.ReadProperty(ref value));
        }

        names.Dispose();
    }

    private static void AppendScalar(Utf8Buffer buffer, ArgumentKind kind, byte* value, in LogArgument argument)
    {
        switch (kind)
        {
            case ArgumentKind.Boolean:
                buffer.Append(*value != 0 ? "true"u8 : "false"u8);
                break;
            case ArgumentKind.SByte or ArgumentKind.Byte or ArgumentKind.Int16 or ArgumentKind.UInt16 or ArgumentKind.Int32
                or ArgumentKind.UInt32 or ArgumentKind.Int64 or ArgumentKind.UInt64 or ArgumentKind.Decimal:
                ArgumentText.Append(buffer, argument, default);
                break;
            case ArgumentKind.Half:
                AppendNumber(buffer, argument, Half.IsFinite(argument.Read<Half>()));
                break;
            case ArgumentKind.Single:
                AppendNumber(buffer, argument, float.IsFinite(argument.Read<float>()));
                break;
            case ArgumentKind.Double:
                AppendNumber(buffer, argument, double.IsFinite(argument.Read<double>()));
                break;
            case ArgumentKind.Char:
                buffer.Append((byte)'"');
                char c = argument.Read<char>();
                JsonText.Append(buffer, new ReadOnlySpan<char>(in c));
                buffer.Append((byte)'"');
                break;
            case ArgumentKind.DateTime:
                AppendQuoted(buffer, DateTime.FromBinary(argument.Read<long>()), "O");
                break;
            case ArgumentKind.DateTimeOffset:
                AppendQuoted(buffer, ArgumentText.ReadDateTimeOffset(argument), "O");
                break;
            case ArgumentKind.TimeSpan:
                AppendQuoted(buffer, new TimeSpan(argument.Read<long>()), "c");
                break;
            case ArgumentKind.Guid:
                AppendQuoted(buffer, argument.Read<Guid>(), "D");
                break;
            case ArgumentKind.String or ArgumentKind.Text:
                AppendString(buffer, argument.Text);
                break;
            case ArgumentKind.Enum:
                AppendString(buffer, argument.EnumNames!.GetName(argument.Read<ulong>()));
                break;
            case ArgumentKind.Exception:
                AppendException(buffer, value);
                break;
            case ArgumentKind.TensorSummary:
                AppendSummary(buffer, value, argument.Read<TensorSummary>());
                break;
            case ArgumentKind.Numbers:
                AppendNumbers(buffer, new LoggedNumbers(value));
                break;
            default:
                throw new InvalidDataException($"Argument '{argument.Name}' has kind {kind}, which has no JSON form.");
        }
    }

    public static void AppendString(Utf8Buffer buffer, ReadOnlySpan<char> text)
    {
        buffer.Append((byte)'"');
        JsonText.Append(buffer, text);
        buffer.Append((byte)'"');
    }

    // JSON has no NaN and no infinities; as strings they keep the line valid and can still be read back.
    private static void AppendNumber(Utf8Buffer buffer, in LogArgument argument, bool isFinite)
    {
        if (!isFinite)
        {
            buffer.Append((byte)'"');
        }

        ArgumentText.Append(buffer, argument, default);
        if (!isFinite)
        {
            buffer.Append((byte)'"');
        }
    }

    private static void AppendQuoted<T>(Utf8Buffer buffer, T value, string format)
        where T : IUtf8SpanFormattable
    {
        buffer.Append((byte)'"');
        buffer.AppendFormatted(value, format);
        buffer.Append((byte)'"');
    }

    private static void AppendException(Utf8Buffer buffer, byte* value)
    {
        buffer.Append("{\"type\":"u8);
        AppendString(buffer, RecordDecoder.ReadText(ref value));
        buffer.Append(",\"message\":"u8);
        AppendString(buffer, RecordDecoder.ReadText(ref value));
        buffer.Append(",\"details\":"u8);
        AppendString(buffer, RecordDecoder.ReadText(ref value));
        buffer.Append((byte)'}');
    }

    private static void AppendSummary(Utf8Buffer buffer, byte* value, in TensorSummary summary)
    {
        buffer.Append("{\"count\":"u8);
        buffer.AppendFormatted(summary.Count, default);
        buffer.Append(",\"nan\":"u8);
        buffer.AppendFormatted(summary.NaNCount, default);
        if (summary.HasNumbers)
        {
            double* figures = (double*)(value + (2 * sizeof(long)));
            buffer.Append(",\"min\":"u8);
            Append(buffer, new LogArgument(MetricValue, (byte*)figures));
            buffer.Append(",\"max\":"u8);
            Append(buffer, new LogArgument(MetricValue, (byte*)(figures + 1)));
            buffer.Append(",\"mean\":"u8);
            Append(buffer, new LogArgument(MetricValue, (byte*)(figures + 2)));
        }

        buffer.Append((byte)'}');
    }

    private static void AppendNumbers(Utf8Buffer buffer, in LoggedNumbers numbers)
    {
        buffer.Append((byte)'[');
        for (int i = 0; i < numbers.Count; i++)
        {
            buffer.Append(i > 0 ? ","u8 : default);
            Append(buffer, numbers[i]);
        }

        if (numbers.Total > numbers.Count)
        {
            buffer.Append(numbers.Count > 0 ? ",\""u8 : "\""u8);
            ArgumentText.AppendMore(buffer, numbers);
            buffer.Append((byte)'"');
        }

        buffer.Append((byte)']');
    }

    private static void AppendMetrics(Utf8Buffer buffer, in LogArgument metrics)
    {
        byte* value = metrics.Value;
        int count = Unsafe.ReadUnaligned<int>(value);
        value += sizeof(int);
        bool first = true;
        var names = new MemberNames(stackalloc nint[MemberNames.Few], count);
        buffer.Append((byte)'{');
        for (int i = 0; i < count; i++)
        {
            AppendName(buffer, ref value, ref first, ref names, metrics);
            Append(buffer, new LogArgument(MetricValue, value));
            value += sizeof(double);
        }

        names.Dispose();
        buffer.Append((byte)'}');
    }

    private static void AppendName(Utf8Buffer buffer, ref byte* value, ref bool first, ref MemberNames names, in LogArgument list)
    {
        if (!first)
        {
            buffer.Append((byte)',');
        }

        first = false;
        bool isTaken = names.Add(value);
        ReadOnlySpan<char> name = RecordDecoder.ReadText(ref value);
        buffer.Append((byte)'"');
        JsonText.Append(buffer, name);
        if (isTaken)
        {
            // No object has two members with one name: a reader would see only one of them.
            buffer.Append((byte)'_');
            buffer.AppendInteger(names.SuffixOf(name, list));
        }

        buffer.Append("\":"u8);
    }
}
