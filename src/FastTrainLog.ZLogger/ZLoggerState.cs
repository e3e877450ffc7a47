using System.Buffers;
using System.Text;
using System.Text.Json;
using FastTrainLog.Records;
using ZLogger;

namespace FastTrainLog.ZLogger;

/// <summary>A record in the form that ZLogger's processors and formatters use.</summary>
/// <remarks>Counts its users: the sink while it passes the record on, and each provider until it has written it.</remarks>
internal sealed class ZLoggerState(ZLoggerStatePool pool) : IZLoggerFormattable, IReferenceCountable
{
    private readonly RecordTimeProvider _time = new();
    private int _users;

    public LogRecordCopy Record { get; } = new();

    public int ParameterCount => Record.PropertyCount;

    public bool IsSupportUtf8ParameterKey => false;

    public IZLoggerEntry CreateEntry(in LogInfo info)
    {
        _time.Utc = Record.Timestamp;
        // Negative if ZLogger does not capture threads; the one that it would see is the backend's.
        ThreadInfo thread = info.ThreadInfo.ThreadId < 0 ? info.ThreadInfo : new ThreadInfo(Record.ThreadId, null, false);
        var ofRecord = new LogInfo(
            info.Category, new Timestamp(_time), info.LogLevel, info.EventId, info.Exception, info.ScopeState, thread, info.Context, info.MemberName, info.FilePath, info.LineNumber);
        return ZLoggerEntry<ZLoggerState>.Create(ofRecord, this);
    }

    public void Retain() => Interlocked.Increment(ref _users);

    public void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            pool.Return(this);
        }
    }

    public override string ToString() => Encoding.UTF8.GetString(Record.Message);

    public void ToString(IBufferWriter<byte> writer) => MessageArgument.Write(writer, Record.Message);

    public string GetOriginalFormat() => Record.MessageTemplate;

    public void WriteOriginalFormat(IBufferWriter<byte> writer) => Encoding.UTF8.GetBytes(Record.MessageTemplate, writer);

    public void WriteJsonParameterKeyValues(Utf8JsonWriter jsonWriter, JsonSerializerOptions jsonSerializerOptions, IKeyNameMutator? keyNameMutator = null)
    {
        for (int i = 0; i < Record.PropertyCount; i++)
        {
            LogArgument property = Record.GetProperty(i);
            WriteName(jsonWriter, property.Name, keyNameMutator);
            property.WriteJson(jsonWriter);
        }

        GC.KeepAlive(this); // the properties point into the record's memory
    }

    public ReadOnlySpan<byte> GetParameterKey(int index) => throw new NotSupportedException("Keys are UTF-16: IsSupportUtf8ParameterKey is false.");

    public string GetParameterKeyAsString(int index) => Record.GetProperty(index).Name;

    public object? GetParameterValue(int index)
    {
        object? value = Record.GetProperty(index).ToObject();
        GC.KeepAlive(this);
        return value;
    }

    // The casts through object are free where T is the value's own type: the runtime compiles them away.
    public T? GetParameterValue<T>(int index)
    {
        LogArgument property = Record.GetProperty(index);
        T? value = default;
        if (typeof(T) == typeof(int) && property.TryGetInt64(out long integer))
        {
            value = (T)(object)(int)integer;
        }
        else if (typeof(T) == typeof(long) && property.TryGetInt64(out integer))
        {
            value = (T)(object)integer;
        }
        else if (typeof(T) == typeof(float) && property.TryGetDouble(out double number))
        {
            value = (T)(object)(float)number;
        }
        else if (typeof(T) == typeof(double) && property.TryGetDouble(out number))
        {
            value = (T)(object)number;
        }
        else
        {
            value = (T?)property.ToObject();
        }

        GC.KeepAlive(this);
        return value;
    }

    public Type GetParameterType(int index)
    {
        LogArgument property = Record.GetProperty(index);
        Type type = property.IsNull ? typeof(object) : TypeOf(property.Kind);
        GC.KeepAlive(this);
        return type;
    }

    private static Type TypeOf(ArgumentKind kind) => kind switch
    {
        ArgumentKind.Boolean => typeof(bool),
        ArgumentKind.Char => typeof(char),
        ArgumentKind.SByte => typeof(sbyte),
        ArgumentKind.Byte => typeof(byte),
        ArgumentKind.Int16 => typeof(short),
        ArgumentKind.UInt16 => typeof(ushort),
        ArgumentKind.Int32 => typeof(int),
        ArgumentKind.UInt32 => typeof(uint),
        ArgumentKind.Int64 => typeof(long),
        ArgumentKind.UInt64 => typeof(ulong),
        ArgumentKind.Half => typeof(Half),
        ArgumentKind.Single => typeof(float),
        ArgumentKind.Double => typeof(double),
        ArgumentKind.Decimal => typeof(decimal),
        ArgumentKind.DateTime => typeof(DateTime),
        ArgumentKind.DateTimeOffset => typeof(DateTimeOffset),
        ArgumentKind.TimeSpan => typeof(TimeSpan),
        ArgumentKind.Guid => typeof(Guid),
        ArgumentKind.TensorSummary => typeof(TensorSummary),
        ArgumentKind.Numbers => typeof(object?[]),
        ArgumentKind.Metrics => typeof(List<KeyValuePair<string, double>>),
        ArgumentKind.Properties => typeof(List<KeyValuePair<string, object?>>),
        _ => typeof(string),
    };

    private static void WriteName(Utf8JsonWriter writer, ReadOnlySpan<char> name, IKeyNameMutator? mutator)
    {
        if (mutator is null)
        {
            writer.WritePropertyName(name);
            return;
        }

        if (mutator.IsSupportSlice)
        {
            writer.WritePropertyName(mutator.Slice(name));
            return;
        }

        int size = Math.Max(16, name.Length * 2);
        while (true)
        {
            char[] buffer = ArrayPool<char>.Shared.Rent(size);
            try
            {
                if (mutator.TryMutate(name, buffer, out int written))
                {
                    writer.WritePropertyName(buffer.AsSpan(0, written));
                    return;
                }
            }
            finally
            {
                ArrayPool<char>.Shared.Return(buffer);
            }

            size *= 2;
        }
    }
}
