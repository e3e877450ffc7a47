using FastTrainLog.Records;
using FastTrainLog.Utf8Text;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Formatting;

/// <summary>Writes records as lines of text: <c>[2024-01-15 10:30:15] TRAINING - INFO - message</c>.</summary>
internal sealed class TextLineFormatter(TimeZoneInfo timeZone, bool symbols) : ILineFormat
{
    private readonly LineHeads _heads = new(AppendHead);
    private readonly Utf8Buffer _time = new(32);
    private long _second = long.MinValue;

    public void Append(Utf8Buffer buffer, RecordDecoder record)
    {
        AppendTime(buffer, record.UtcTicks);
        buffer.Append(_heads.Of(record.Category, record.Level));
        if (symbols)
        {
            buffer.Append(EventSymbols.Of(record.EventId.Id, record.Category));
        }

        LineText.Append(buffer, record.Message);
        buffer.Append((byte)'\n');
        if (record.HasException)
        {
            AppendException(buffer, record.GetArgument(record.Site.ExceptionArgument));
        }
    }

    // The text of a second is formatted once: formatting a date costs more than the rest of a short line.
    private void AppendTime(Utf8Buffer buffer, long utcTicks)
    {
        long second = utcTicks / TimeSpan.TicksPerSecond;
        if (second != _second)
        {
            _second = second;
            _time.Clear();
            _time.Append((byte)'[');
            DateTime local = TimeZoneInfo.ConvertTimeFromUtc(new DateTime(second * TimeSpan.TicksPerSecond, DateTimeKind.Utc), timeZone);
            _time.AppendFormatted(local, "yyyy-MM-dd HH:mm:ss");
            _time.Append("] "u8);
        }

        buffer.Append(_time.Written);
    }

    private static void AppendHead(Utf8Buffer buffer, string category, LogLevel level)
    {
        // The name of a category is arbitrary text, like a message.
        EscapedText.Append<LineText>(buffer, LogCategories.Label(category, level));
        buffer.Append(" - "u8);
        buffer.Append(LevelNames.Utf8(level));
        buffer.Append(" - "u8);
    }

    private static unsafe void AppendException(Utf8Buffer buffer, in LogArgument exception)
    {
        byte* value = exception.Value;
        RecordDecoder.ReadText(ref value);
        RecordDecoder.ReadText(ref value);
        LineText.AppendLines(buffer, RecordDecoder.ReadText(ref value), "    "u8);
    }
}
