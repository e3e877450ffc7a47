using FastTrainLog.Records;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Frontend;

/// <summary>Encodes log calls that no generator wrote: the message is formatted at the call, the state's pairs become properties.</summary>
internal static class FormattedRecord
{
    /// <summary>Writes a log call. What its state, its values and its formatter throw is logged as text: the call itself never throws because of them.</summary>
    public static void Write<TState>(TrainLogger logger, LogLevel level, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        ExceptionText exceptionText = ExceptionText.Capture(exception);
        PropertyList properties = state is IEnumerable<KeyValuePair<string, object?>> pairs ? PropertyList.Of(pairs) : default;
        string? message;
        try
        {
            message = formatter(state, exception);
        }
        catch (Exception failure)
        {
            message = FormattedText.Fill(typeof(TState), properties, failure);
        }

        int size = sizeof(byte) + sizeof(int) + RecordWriter.SizeOf(eventId.Name) + RecordWriter.SizeOf(message)
            + RecordWriter.SizeOf(properties) + RecordWriter.SizeOf(exceptionText);
        RecordWriter record = logger.Begin(FormattedSite.Site.HeaderBits, level, size);
        record.Write((byte)level);
        record.Write(eventId.Id);
        record.Write(eventId.Name);
        record.Write(message);
        record.Write(properties);
        record.Write(exceptionText);
        record.Commit(level);
    }
}
