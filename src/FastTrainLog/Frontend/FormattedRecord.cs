using FastTrainLog.Records;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Frontend;

/// <summary>Encodes log calls that no generator wrote: the message is formatted at the call, the state's pairs become properties.</summary>
internal static class FormattedRecord
{
    /// <summary>The call site of all such records; they carry their level and event themselves.</summary>
    public static readonly CallSite Site = new CallSite(
        default,
        CallSite.LevelInRecord,
        "{Message}",
        [
            new CallSiteArgument("Level", ArgumentKind.Byte),
            new CallSiteArgument("EventId", ArgumentKind.Int32),
            new CallSiteArgument("EventName", ArgumentKind.String),
            new CallSiteArgument("Message", ArgumentKind.String),
            new CallSiteArgument("Properties", ArgumentKind.Properties),
            new CallSiteArgument("Exception", ArgumentKind.Exception),
        ],
        isFormatted: true).Register();

    public const int LevelArgument = 0;
    public const int EventIdArgument = 1;
    public const int EventNameArgument = 2;
    public const int MessageArgument = 3;
    public const int PropertiesArgument = 4;

    public static void Write<TState>(TrainLogger logger, LogLevel level, EventId eventId, TState state, Exception? exception, string? message)
    {
        ExceptionText exceptionText = ExceptionText.Capture(exception);
        PropertyList properties = state is IEnumerable<KeyValuePair<string, object?>> pairs ? PropertyList.Of(pairs) : default;
        int size = sizeof(byte) + sizeof(int) + RecordWriter.SizeOf(eventId.Name) + RecordWriter.SizeOf(message)
            + RecordWriter.SizeOf(properties) + RecordWriter.SizeOf(exceptionText);
        RecordWriter record = logger.Begin(Site.HeaderBits, level, size);
        record.Write((byte)level);
        record.Write(eventId.Id);
        record.Write(eventId.Name);
        record.Write(message);
        record.Write(properties);
        record.Write(exceptionText);
        record.Commit(level);
    }
}
