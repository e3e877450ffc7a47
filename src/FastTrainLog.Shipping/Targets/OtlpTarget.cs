using System.Text.Json;
using FastTrainLog.Reading;
using FastTrainLog.Shipping.Http;
using FastTrainLog.Utf8Text;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Shipping;

/// <summary>Exports records as OpenTelemetry logs over HTTP, in protobuf: to a collector, or to what takes OTLP itself, such as Loki 3, Elastic, Grafana Cloud, Datadog or Seq.</summary>
/// <remarks>
/// OTLP cannot tell a repeat: a record may be twice after a kill or an answer that was lost; the attribute <c>log.record.uid</c>, <see cref="ShippedRecord.Id"/>, tells them. If a server refuses a part of a batch
/// it does not say which, and the protocol forbids to send it again: then the whole batch is quarantined, so that nothing is missing without a trace.
/// </remarks>
public sealed class OtlpTarget : IShipTarget
{
    private readonly HttpSender _sender;
    private readonly ProtobufWriter _body = new();

    /// <summary>Initializes a target.</summary>
    /// <param name="options">How it is reached: the address without <c>/v1/logs</c>; a token is sent as <c>Bearer</c>.</param>
    public OtlpTarget(HttpTargetOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _sender = new HttpSender(options, "Bearer");
        Name = options.Name ?? "otlp";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Address => _sender.Address;

    /// <inheritdoc/>
    public BatchLimits Limits { get; } = new(Records: 512, Bytes: 1 << 20);

    /// <inheritdoc/>
    public ShipAnswer Send(ShipBatch batch, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(batch);
        _body.Clear();
        int resourceLogs = _body.Begin(1);
        int resource = _body.Begin(1);
        Attribute(1, "service.name", _sender.Options.Job);
        Attribute(1, "log.file.directory", batch.Source.Name.Length > 0 ? batch.Source.Name : Path.GetFileName(batch.Source.Directory));
        _body.End(resource);
        int i = 0;
        while (i < batch.Count)
        {
            // Records of one logger that follow each other share a scope, so the order stays.
            string category = batch.Origin(i).Category;
            int scopeLogs = _body.Begin(2);
            int scope = _body.Begin(1);
            _body.Text(1, category);
            _body.End(scope);
            for (; i < batch.Count && batch.Origin(i).Category == category; i++)
            {
                Write(batch[i]);
            }

            _body.End(scopeLogs);
        }

        _body.End(resourceLogs);
        HttpReply reply = _sender.Post("v1/logs", _body.Written, "application/x-protobuf", cancellation);
        if (!reply.IsSuccess)
        {
            return reply.Refusal();
        }

        (long refused, string reason) = OtlpAnswer.PartialSuccess(reply.Body);
        if (refused <= 0)
        {
            return ShipAnswer.Done;
        }

        var answer = new RecordAnswer(ShipOutcome.Reject, $"the server refused {refused} of the {batch.Count} records of this batch, and does not say which: {reason}");
        return ShipAnswer.Each([.. Enumerable.Repeat(answer, batch.Count)]);
    }

    /// <inheritdoc/>
    public void Dispose() => _sender.Dispose();

    private void Write(in ShippedRecord shipped)
    {
        StoredRecord record = shipped.Record;
        int start = _body.Begin(2);
        _body.Fixed(1, (ulong)(record.Time - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick);
        _body.Number(2, SeverityOf(record.Level));
        _body.Text(3, shipped.Origin.LevelName);
        int body = _body.Begin(5);
        if (record.TryGetOwn("message"u8, out StoredField message) && message.Kind == JsonTokenType.String)
        {
            Text(message.Utf8Value);
        }
        else
        {
            _body.Text(1, record.GetMessage());
        }

        _body.End(body);
        Attribute(6, "log.record.uid", shipped.Id);
        if (record.EventName is { } name)
        {
            Attribute(6, "event.name", name);
        }

        foreach (StoredField field in record.Own)
        {
            // Names repeat from record to record.
            if (AttributeOf(record.Names.Get(field.Utf8Name)) is { } attribute)
            {
                Attribute(6, attribute, field);
            }
        }

        foreach (StoredField property in record.Properties)
        {
            Attribute(6, property);
        }

        // Their bytes, where they are what they should be.
        if (HexOf(record, "trace_id"u8, 16) is { } trace)
        {
            _body.Bytes(9, trace);
        }

        if (HexOf(record, "span_id"u8, 8) is { } span)
        {
            _body.Bytes(10, span);
        }

        _body.End(start);
    }

    private static string? AttributeOf(string name) => name switch
    {
        "timestamp" or "level" or "logger" or "message" or "template" or "event" or "trace_id" or "span_id" or "properties" => null,
        "thread" => "thread.id",
        "exception" => "exception.stacktrace",
        "event_id" or "eventId" => "event.id",
        "run" => "training.run.id",
        "rank" => "training.rank",
        "world_size" => "training.world_size",
        "step" => "training.step",
        var other => other,
    };

    private static ulong SeverityOf(LogLevel level) => level switch
    {
        LogLevel.Trace => 1,
        LogLevel.Debug => 5,
        LogLevel.Information => 9,
        LogLevel.Warning => 13,
        LogLevel.Error => 17,
        LogLevel.Critical => 21,
        _ => 0,
    };

    private static byte[]? HexOf(in StoredRecord record, ReadOnlySpan<byte> name, int length)
    {
        if (!record.TryGetOwn(name, out StoredField field) || field.Kind != JsonTokenType.String || field.Utf8Value.Length != 2 * length)
        {
            return null;
        }

        string text = field.GetText()!;
        return text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text) : null;
    }

    private void Attribute(int field, string name, string value)
    {
        int attribute = _body.Begin(field);
        _body.Text(1, name);
        int any = _body.Begin(2);
        _body.Text(1, value);
        _body.End(any);
        _body.End(attribute);
    }

    // Under its own name.
    private void Attribute(int field, in StoredField value)
    {
        int attribute = _body.Begin(field);
        Text(value.Utf8Name);
        AttributeValue(attribute, value);
    }

    private void Attribute(int field, string name, in StoredField value)
    {
        int attribute = _body.Begin(field);
        _body.Text(1, name);
        AttributeValue(attribute, value);
    }

    private void AttributeValue(int attribute, in StoredField value)
    {
        int any = _body.Begin(2);
        Write(value);
        _body.End(any);
        _body.End(attribute);
    }

    // The content of an AnyValue.
    private void Write(in StoredField value)
    {
        switch (value.Kind)
        {
            case JsonTokenType.String:
                Text(value.Utf8Value);
                break;
            case JsonTokenType.True or JsonTokenType.False:
                _body.Number(2, value.Kind == JsonTokenType.True ? 1UL : 0);
                break;
            case JsonTokenType.Number when value.TryGetInt64(out long integer):
                _body.Number(3, (ulong)integer);
                break;
            case JsonTokenType.Number when value.TryGetDouble(out double number):
                _body.Double(4, number);
                break;
            case JsonTokenType.StartArray:
                int array = _body.Begin(5);
                foreach (StoredField item in value.GetItems())
                {
                    int any = _body.Begin(1);
                    Write(item);
                    _body.End(any);
                }

                _body.End(array);
                break;
            case JsonTokenType.StartObject:
                int list = _body.Begin(6);
                foreach (StoredField member in value.GetFields())
                {
                    Attribute(1, member);
                }

                _body.End(list);
                break;
            default:
                // Null is an AnyValue without a value.
                break;
        }
    }

    // The content of a JSON string as the first field, which it is of both a name and a value.
    private void Text(ReadOnlySpan<byte> inside)
    {
        if (inside.Contains((byte)'\\'))
        {
            _body.Text(1, JsonText.Decode(inside));
        }
        else
        {
            _body.Bytes(1, inside);
        }
    }
}
