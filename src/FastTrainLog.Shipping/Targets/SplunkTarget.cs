using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using FastTrainLog.Reading;
using FastTrainLog.Shipping.Http;

namespace FastTrainLog.Shipping;

/// <summary>Sends records to Splunk's HTTP Event Collector, and waits until its indexer has acknowledged them.</summary>
/// <remarks>
/// If acknowledgement is switched off for the token, the collector's own answer counts, which Splunk gives before the records are on its disk. Splunk cannot tell a repeat: a record may be twice after a kill or
/// an answer that was lost; the field <c>uid</c>, <see cref="ShippedRecord.Id"/>, tells them (<c>| dedup uid</c>).
/// </remarks>
public sealed class SplunkTarget : IShipTarget
{
    private const int InvalidEvent = 6;

    // What is wrong with the token or the channel, and comes with 400: no such index, no channel, not such a channel, no acknowledgement.
    private static readonly long[] OfToken = [7, 10, 11, 14];

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly HttpSender _sender;
    private readonly ArrayBufferWriter<byte> _body = new();
    private readonly string _channel = Guid.NewGuid().ToString();
    private readonly TimeSpan _longestWait;

    /// <summary>Initializes a target.</summary>
    /// <param name="options">How it is reached: the address without <c>/services/collector</c>, and the token.</param>
    /// <param name="acknowledgementTimeout">The longest wait for the indexer, after which the records are sent again; one minute if it is null.</param>
    public SplunkTarget(HttpTargetOptions options, TimeSpan? acknowledgementTimeout = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _sender = new HttpSender(options, "Splunk");
        _longestWait = acknowledgementTimeout ?? TimeSpan.FromMinutes(1);
        Name = options.Name ?? "splunk";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Address => _sender.Address;

    /// <inheritdoc/>
    public BatchLimits Limits { get; } = new(Records: 2000, Bytes: 800_000);

    /// <inheritdoc/>
    public ShipAnswer Send(ShipBatch batch, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(batch);
        _body.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_body, RequestJson.Options))
        {
            for (int i = 0; i < batch.Count; i++)
            {
                Write(json, batch[i], _sender.Options.Job);
                json.Flush();
                json.Reset();
            }
        }

        HttpReply reply = _sender.Post($"services/collector/event?channel={_channel}", _body.WrittenSpan, "application/json", cancellation);
        JsonElement answer = Parse(reply);
        if (!reply.IsSuccess)
        {
            if (Number(answer, "code") is { } code && OfToken.Contains(code))
            {
                return ShipAnswer.Misconfigured($"{reply.Text}; check the token");
            }

            return Number(answer, "code") == InvalidEvent && Number(answer, "invalid-event-number") is >= 0 and var invalid && invalid < batch.Count
                ? ShipAnswer.Each([.. Enumerable.Range(0, batch.Count).Select(i => i == invalid ? new RecordAnswer(ShipOutcome.Reject, reply.Text) : new RecordAnswer(ShipOutcome.Retry, reply.Text))])
                : reply.Refusal();
        }

        if (answer.ValueKind != JsonValueKind.Object)
        {
            return ShipAnswer.Retry("the answer is no JSON, so it does not say what became of the records");
        }

        if (!answer.TryGetProperty("ackId", out _))
        {
            return ShipAnswer.Done;
        }

        return Number(answer, "ackId") is { } number ? Await(number, cancellation) : ShipAnswer.Retry("the answer has no number to ask for the acknowledgement with");
    }

    /// <inheritdoc/>
    public void Dispose() => _sender.Dispose();

    private ShipAnswer Await(long number, CancellationToken cancellation)
    {
        byte[] question = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"acks":[{{number}}]}"""));
        long start = Stopwatch.GetTimestamp();
        TimeSpan pause = TimeSpan.FromMilliseconds(20);
        while (true)
        {
            HttpReply reply = _sender.Post($"services/collector/ack?channel={_channel}", question, "application/json", cancellation);
            JsonElement answer = Parse(reply);
            if (answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("acks", out JsonElement acks) && acks.ValueKind == JsonValueKind.Object
                && acks.TryGetProperty(number.ToString(CultureInfo.InvariantCulture), out JsonElement ack) && ack.ValueKind == JsonValueKind.True)
            {
                return ShipAnswer.Done;
            }

            if (Stopwatch.GetElapsedTime(start) > _longestWait)
            {
                return ShipAnswer.Retry($"the indexer did not acknowledge the records within {_longestWait}", reply.After);
            }

            cancellation.WaitHandle.WaitOne(pause);
            cancellation.ThrowIfCancellationRequested();
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private static void Write(Utf8JsonWriter json, in ShippedRecord shipped, string job)
    {
        StoredRecord record = shipped.Record;
        json.WriteStartObject();
        json.WriteNumber("time"u8, (record.Time - DateTime.UnixEpoch).Ticks / (decimal)TimeSpan.TicksPerSecond);
        json.WriteString("source"u8, job);
        json.WriteString("sourcetype"u8, "fasttrainlog"u8);
        json.WritePropertyName("event"u8);
        json.WriteRawValue(record.Utf8Json, skipInputValidation: true);
        json.WriteStartObject("fields"u8);
        json.WriteString("uid"u8, shipped.Id);
        json.WriteString("level"u8, StoredLevels.Name(record.Level));
        if (shipped.Run is { } run)
        {
            json.WriteString("run"u8, run);
            json.WriteString("rank"u8, shipped.Rank.ToString(CultureInfo.InvariantCulture));
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static JsonElement Parse(HttpReply reply)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(reply.Body);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private static long? Number(JsonElement answer, string name) =>
        answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) ? number : null;
}
