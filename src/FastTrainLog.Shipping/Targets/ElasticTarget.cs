using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using FastTrainLog.Reading;
using FastTrainLog.Shipping.Http;

namespace FastTrainLog.Shipping;

/// <summary>Creates documents in Elasticsearch or OpenSearch through the bulk interface, with the fields of the Elastic Common Schema.</summary>
/// <remarks>
/// The <c>_id</c> of a document is the record's <see cref="ShippedRecord.Id"/>, and the operation is <c>create</c>: a repeat is refused with a conflict, which counts as done. Each record has a status of its own:
/// those that are refused for their content, such as a conflict with the mapping, are quarantined, and those that the server had no room for are sent again.
/// </remarks>
public sealed class ElasticTarget : IShipTarget
{
    private readonly HttpSender _sender;
    private readonly ArrayBufferWriter<byte> _body = new();
    private readonly byte[] _index;

    /// <summary>Initializes a target.</summary>
    /// <param name="options">How it is reached; a token is sent as <c>ApiKey</c>, a password as that of <see cref="HttpTargetOptions.User"/>.</param>
    /// <param name="index">The index or the data stream.</param>
    public ElasticTarget(HttpTargetOptions options, string index = "logs-fasttrainlog-default")
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(index);
        _sender = new HttpSender(options, "ApiKey");
        _index = Encoding.UTF8.GetBytes(index);
        Name = options.Name ?? "elastic";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Address => _sender.Address;

    /// <inheritdoc/>
    public BatchLimits Limits { get; } = new(Records: 2000, Bytes: 2 << 20);

    /// <inheritdoc/>
    public ShipAnswer Send(ShipBatch batch, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(batch);
        _body.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_body, RequestJson.Options))
        {
            for (int i = 0; i < batch.Count; i++)
            {
                ShippedRecord record = batch[i];
                json.WriteStartObject();
                json.WriteStartObject("create"u8);
                json.WriteString("_index"u8, _index);
                json.WriteString("_id"u8, record.Id);
                json.WriteEndObject();
                json.WriteEndObject();
                EndLine(json);
                WriteDocument(json, record);
                EndLine(json);
            }
        }

        HttpReply reply = _sender.Post("_bulk", _body.WrittenSpan, "application/x-ndjson", cancellation);
        return reply.IsSuccess ? AnswerOf(reply, batch.Count) : reply.Refusal();
    }

    /// <inheritdoc/>
    public void Dispose() => _sender.Dispose();

    private void EndLine(Utf8JsonWriter json)
    {
        json.Flush();
        json.Reset();
        _body.Write("\n"u8);
    }

    private static void WriteDocument(Utf8JsonWriter json, in ShippedRecord shipped)
    {
        StoredRecord record = shipped.Record;
        json.WriteStartObject();
        json.WriteString("@timestamp"u8, record.Time);
        json.WriteString("message"u8, record.GetMessage());
        json.WriteStartObject("ecs"u8);
        json.WriteString("version"u8, "8.11.0"u8);
        json.WriteEndObject();
        json.WriteStartObject("log"u8);
        json.WriteString("level"u8, StoredLevels.Name(record.Level));
        json.WriteString("logger"u8, record.Category);
        json.WriteEndObject();
        json.WriteStartObject("event"u8);
        json.WriteString("code"u8, record.EventId.ToString(CultureInfo.InvariantCulture));
        if (record.EventName is { } name)
        {
            json.WriteString("action"u8, name);
        }

        json.WriteEndObject();
        Copy(json, record, "trace_id"u8, "trace"u8, "id"u8);
        Copy(json, record, "span_id"u8, "span"u8, "id"u8);
        Copy(json, record, "exception"u8, "error"u8, "stack_trace"u8);
        json.WriteStartObject("labels"u8);
        if (shipped.Run is { } run)
        {
            json.WriteString("run"u8, run);
            json.WriteString("rank"u8, shipped.Rank.ToString(CultureInfo.InvariantCulture));
        }

        json.WriteEndObject();

        // What the record has of its own, in a place that no field of the schema is in.
        json.WriteStartObject("fasttrainlog"u8);
        if (record.TryGetOwn("step"u8, out StoredField step) && step.TryGetInt64(out long number))
        {
            json.WriteNumber("step"u8, number);
        }

        if (record.TryGetOwn("properties"u8, out StoredField properties) && properties.Kind == JsonTokenType.StartObject)
        {
            json.WritePropertyName("properties"u8);
            json.WriteRawValue(properties.Utf8Value, skipInputValidation: true);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Copy(Utf8JsonWriter json, in StoredRecord record, ReadOnlySpan<byte> own, ReadOnlySpan<byte> place, ReadOnlySpan<byte> name)
    {
        if (record.TryGetOwn(own, out StoredField field) && field.GetText() is { } text)
        {
            json.WriteStartObject(place);
            json.WriteString(name, text);
            json.WriteEndObject();
        }
    }

    private static ShipAnswer AnswerOf(HttpReply reply, int count)
    {
        JsonDocument answer;
        try
        {
            answer = JsonDocument.Parse(reply.Body);
        }
        catch (JsonException)
        {
            return ShipAnswer.Retry("the answer is no JSON, so it does not say what became of the records");
        }

        using (answer)
        {
            RecordAnswer[]? each = answer.RootElement.ValueKind == JsonValueKind.Object && answer.RootElement.TryGetProperty("items", out JsonElement items) && items.ValueKind == JsonValueKind.Array && items.GetArrayLength() == count
                ? [.. items.EnumerateArray().Select(AnswerOf).OfType<RecordAnswer>()]
                : null;
            return each?.Length == count ? ShipAnswer.Each(each, reply.After) : ShipAnswer.Misconfigured($"the answer is not that of a bulk request: {reply.Text}");
        }
    }

    private static RecordAnswer? AnswerOf(JsonElement item)
    {
        JsonElement result = item.ValueKind == JsonValueKind.Object ? item.EnumerateObject().FirstOrDefault().Value : default;
        if (result.ValueKind != JsonValueKind.Object || !result.TryGetProperty("status", out JsonElement number) || number.ValueKind != JsonValueKind.Number || !number.TryGetInt32(out int status))
        {
            return null;
        }

        // 409: it is there already.
        ShipOutcome outcome = status == 409 ? ShipOutcome.Done : HttpReply.OutcomeOf(status);
        return outcome == ShipOutcome.Done ? new RecordAnswer(outcome) : new RecordAnswer(outcome, result.TryGetProperty("error", out JsonElement error) ? error.GetRawText() : $"status {status}");
    }
}
