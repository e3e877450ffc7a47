using FastTrainLog.Backend;
using FastTrainLog.Frontend;
using FastTrainLog.Records;

namespace FastTrainLog.Formatting;

/// <summary>Writes records as JSON objects, one a line: time, level, category, event, message, and the arguments under <c>properties</c>.</summary>
internal sealed class JsonLineFormatter
{
    private readonly Dictionary<string, byte[]> _categories = [];
    private readonly Utf8Buffer _time = new(64);
    private long _second = long.MinValue;

    public void Append(Utf8Buffer buffer, RecordDecoder record)
    {
        CallSite site = record.Site;
        JsonSite json = site.Json ??= new JsonSite(site);

        AppendTime(buffer, record.UtcTicks);
        buffer.Append(LevelNames.Utf8(record.Level));
        buffer.Append(Category(record.Category));
        buffer.AppendFormatted(record.ThreadId, default);
        AppendCorrelation(buffer, record);
        bool isFormatted = site.IsFormatted;
        if (isFormatted)
        {
            JsonSite.AppendEvent(buffer, record.EventId);
        }
        else
        {
            buffer.Append(json.Event);
        }

        JsonText.AppendUtf8(buffer, record.Message);
        buffer.Append("\",\"properties\":{"u8);
        bool first = true;
        if (isFormatted)
        {
            ArgumentJson.AppendPairs(buffer, record.GetArgument(FormattedRecord.PropertiesArgument), ref first);
        }
        else
        {
            AppendArguments(buffer, record, json);
        }

        buffer.Append((byte)'}');
        if (record.HasException)
        {
            buffer.Append(",\"exception\":"u8);
            ArgumentJson.Append(buffer, record.GetArgument(site.ExceptionArgument));
        }

        buffer.Append("}\n"u8);
    }

    private static void AppendCorrelation(Utf8Buffer buffer, RecordDecoder record)
    {
        if (record.Run is { } run)
        {
            buffer.Append(run.Json);
        }

        if (record.Step is { } step)
        {
            buffer.Append(",\"step\":"u8);
            buffer.AppendFormatted(step, default);
        }

        if (record.HasActivity)
        {
            buffer.Append(",\"trace_id\":\""u8);
            AppendHex(buffer, record.TraceId);
            buffer.Append("\",\"span_id\":\""u8);
            AppendHex(buffer, record.SpanId);
            buffer.Append((byte)'"');
        }

        if (record.Scopes is { HasValue: true } scopes)
        {
            buffer.Append(",\"scopes\":"u8);
            ArgumentJson.Append(buffer, scopes);
        }
    }

    private static void AppendHex(Utf8Buffer buffer, ReadOnlySpan<byte> bytes)
    {
        Convert.TryToHexStringLower(bytes, buffer.Reserve(bytes.Length * 2), out int written);
        buffer.Advance(written);
    }

    private static void AppendArguments(Utf8Buffer buffer, RecordDecoder record, JsonSite json)
    {
        bool first = true;
        for (int i = record.Site.Level == CallSite.LevelInRecord ? 1 : 0; i < json.PropertyNames.Length; i++)
        {
            if (i == record.Site.ExceptionArgument)
            {
                continue;
            }

            if (!first)
            {
                buffer.Append((byte)',');
            }

            first = false;
            buffer.Append(json.PropertyNames[i]);
            ArgumentJson.Append(buffer, record.GetArgument(i));
        }
    }

    private void AppendTime(Utf8Buffer buffer, long utcTicks)
    {
        (long second, long fraction) = Math.DivRem(utcTicks, TimeSpan.TicksPerSecond);
        if (second != _second)
        {
            _second = second;
            _time.Clear();
            _time.Append("{\"timestamp\":\""u8);
            _time.AppendFormatted(new DateTime(second * TimeSpan.TicksPerSecond, DateTimeKind.Utc), "yyyy-MM-ddTHH:mm:ss");
            _time.Append((byte)'.');
        }

        buffer.Append(_time.Written);
        Span<byte> digits = buffer.Reserve(7);
        for (int i = 6; i >= 0; i--)
        {
            (fraction, long digit) = Math.DivRem(fraction, 10);
            digits[i] = (byte)('0' + digit);
        }

        buffer.Advance(7);
        buffer.Append("Z\",\"level\":\""u8);
    }

    private byte[] Category(string category)
    {
        if (!_categories.TryGetValue(category, out byte[]? text))
        {
            var buffer = new Utf8Buffer(64);
            buffer.Append("\",\"logger\":"u8);
            ArgumentJson.AppendString(buffer, category);
            buffer.Append(",\"thread\":"u8);
            text = buffer.Written.ToArray();
            _categories.Add(category, text);
        }

        return text;
    }
}
