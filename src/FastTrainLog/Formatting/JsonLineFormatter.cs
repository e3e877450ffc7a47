using System.Runtime.InteropServices;
using FastTrainLog.Numbers;
using FastTrainLog.Records;
using FastTrainLog.Utf8Text;
using Microsoft.Extensions.Logging;
using CallSite = FastTrainLog.Records.CallSite;

namespace FastTrainLog.Formatting;

/// <summary>Writes records as JSON objects, one a line: time, level, category, event, message, and the arguments under <c>properties</c>.</summary>
/// <param name="form">How lines represent their messages.</param>
internal sealed class JsonLineFormatter(JsonMessageForm form = JsonMessageForm.Text) : ILineFormat
{
    private static readonly Utf8Literal BeforeMessage = new(",\"message\":\"");
    private static readonly Utf8Literal BeforeTemplate = new(",\"template\":\"");
    private static readonly Utf8Literal BeforeProperties = new("\",\"properties\":{");

    private readonly JsonSites _sites = new();
    private readonly LineHeads _heads = new(AppendHead);
    private readonly Utf8Buffer _time = new(64);
    private readonly StoredMessage? _stored = form == JsonMessageForm.Template ? new StoredMessage() : null;
    private readonly Utf8Buffer _remade = new(256);
    private long _second = long.MinValue;

    public void Append(Utf8Buffer buffer, RecordDecoder record)
    {
        CallSite site = record.Site;
        JsonSite json = _sites.Of(site);

        AppendTime(buffer, record.UtcTicks);
        buffer.Append(_heads.Of(record.Category, record.Level));
        buffer.AppendInteger(record.ThreadId);
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

        if (_stored is null || isFormatted || !TryAppendTemplate(buffer, record, json))
        {
            buffer.Append(BeforeMessage);
            JsonText.AppendUtf8(buffer, record.Message);
            AppendProperties(buffer, record, json);
        }

        if (record.HasException)
        {
            buffer.Append(",\"exception\":"u8);
            ArgumentJson.Append(buffer, record.GetArgument(site.ExceptionArgument));
        }

        buffer.Append("}\n"u8);
    }

    private static void AppendProperties(Utf8Buffer buffer, RecordDecoder record, JsonSite json)
    {
        buffer.Append(BeforeProperties);
        if (record.Site.IsFormatted)
        {
            bool first = true;
            ArgumentJson.AppendPairs(buffer, record.GetArgument(FormattedSite.PropertiesArgument), ref first);
        }
        else
        {
            AppendArguments(buffer, record, json);
        }

        buffer.Append((byte)'}');
    }

    // Whether a reader can reconstruct the message is determined by doing it.
    private bool TryAppendTemplate(Utf8Buffer buffer, RecordDecoder record, JsonSite json)
    {
        int start = buffer.Length;
        buffer.Append(BeforeTemplate);
        buffer.Append(json.Template);
        int properties = buffer.Length + BeforeProperties.Length - 1;
        AppendProperties(buffer, record, json);
        _remade.Clear();
        if (_stored!.TryAppend(_remade, record.Site.MessageTemplate, buffer.Written[properties..]) && _remade.Written.SequenceEqual(record.Message))
        {
            return true;
        }

        buffer.Truncate(start);
        return false;
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
            buffer.AppendInteger(step);
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
        foreach (JsonMember member in json.Members)
        {
            buffer.Append(member.Lead);
            ArgumentJson.Append(buffer, record.GetArgument(member.Argument));
        }

        buffer.Append(json.Tail);
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
        // Seven digits are the last seven of eight.
        AsciiDigits.Store(ref MemoryMarshal.GetReference(buffer.Reserve(sizeof(ulong))), AsciiDigits.Split((uint)fraction) >> 8);
        buffer.Advance(7);
    }

    private static void AppendHead(Utf8Buffer buffer, string category, LogLevel level)
    {
        buffer.Append("Z\",\"level\":\""u8);
        buffer.Append(LevelNames.Utf8(level));
        buffer.Append("\",\"logger\":"u8);
        ArgumentJson.AppendString(buffer, category);
        buffer.Append(",\"thread\":"u8);
    }
}
