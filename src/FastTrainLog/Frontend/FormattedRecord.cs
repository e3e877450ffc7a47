using System.Globalization;
using FastTrainLog.Records;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Frontend;

/// <summary>Encodes log calls that no generator wrote: the message is formatted at the call, the state's pairs become properties.</summary>
internal static class FormattedRecord
{
    /// <summary>The call site of all such records; they carry their level and event themselves.</summary>
    public static readonly CallSite Site = new(
        CallSite.LevelInRecord,
        0,
        string.Empty,
        "{Message}",
        new CallSiteArgument("Level", ArgumentKind.Byte),
        new CallSiteArgument("EventId", ArgumentKind.Int32),
        new CallSiteArgument("EventName", ArgumentKind.String),
        new CallSiteArgument("Message", ArgumentKind.String),
        new CallSiteArgument("Properties", ArgumentKind.Properties),
        new CallSiteArgument("Exception", ArgumentKind.Exception));

    public const int LevelArgument = 0;
    public const int EventIdArgument = 1;
    public const int EventNameArgument = 2;
    public const int MessageArgument = 3;
    public const int PropertiesArgument = 4;

    public static void Write<TState>(TrainLogger logger, LogLevel level, EventId eventId, TState state, Exception? exception, string? message)
    {
        ExceptionText exceptionText = ExceptionText.Capture(exception);
        var properties = new List<(string Name, object? Value)>();
        if (state is IEnumerable<KeyValuePair<string, object?>> pairs)
        {
            foreach (KeyValuePair<string, object?> pair in pairs)
            {
                properties.Add((pair.Key, Storable(pair.Value)));
            }
        }

        int size = sizeof(byte) + sizeof(int) + RecordWriter.SizeOf(eventId.Name) + RecordWriter.SizeOf(message)
            + sizeof(int) + RecordWriter.SizeOf(exceptionText);
        foreach ((string name, object? value) in properties)
        {
            size += SizeOf(name, value);
        }

        RecordWriter record = logger.Begin(Site, level, size);
        record.Write((byte)level);
        record.Write(eventId.Id);
        record.Write(eventId.Name);
        record.Write(message);
        WriteProperties(ref record, properties);
        record.Write(exceptionText);
        record.Commit(level);
    }

    private static void WriteProperties(ref RecordWriter record, List<(string Name, object? Value)> properties)
    {
        int count = properties.Count;
        if (record.IsOversized)
        {
            // A record larger than a page keeps its message and exception; its properties go, and the log says so.
            record.Write(1);
            record.Write("Truncated");
            record.Write((byte)ArgumentKind.Boolean);
            record.Write(true);
            return;
        }

        record.Write(count);
        foreach ((string name, object? value) in properties)
        {
            record.Write(name);
            WriteValue(ref record, value);
        }
    }

    private static int SizeOf(string name, object? value) => RecordWriter.SizeOf(name) + sizeof(byte) + value switch
    {
        null => 0,
        string text => RecordWriter.SizeOf(text),
        bool => sizeof(bool),
        _ => sizeof(long),
    };

    private static void WriteValue(ref RecordWriter record, object? value)
    {
        switch (value)
        {
            case null:
                record.Write((byte)ArgumentKind.Null);
                break;
            case bool boolean:
                record.Write((byte)ArgumentKind.Boolean);
                record.Write(boolean);
                break;
            case long integer:
                record.Write((byte)ArgumentKind.Int64);
                record.Write(integer);
                break;
            case ulong integer:
                record.Write((byte)ArgumentKind.UInt64);
                record.Write(integer);
                break;
            case double number:
                record.Write((byte)ArgumentKind.Double);
                record.Write(number);
                break;
            default:
                record.Write((byte)ArgumentKind.String);
                record.Write((string)value);
                break;
        }
    }

    // Numbers and booleans stay what they are; everything else is text from here on.
    private static object? Storable(object? value) => value switch
    {
        null or string or bool or long or ulong or double => value,
        sbyte or byte or short or ushort or int or uint => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        float number => double.Parse(number.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        System.Collections.IEnumerable sequence => string.Join(", ", sequence.Cast<object?>().Select(item => Storable(item) ?? "(null)")),
        _ => value.ToString(),
    };
}
