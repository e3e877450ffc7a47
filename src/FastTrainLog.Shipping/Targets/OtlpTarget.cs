using System.Text;
using FastTrainLog.Shipping.Http;

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
    private readonly OtlpRecords _records;

    /// <summary>Initializes a target.</summary>
    /// <param name="options">How it is reached: the address without <c>/v1/logs</c>; a token is sent as <c>Bearer</c>.</param>
    public OtlpTarget(HttpTargetOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _sender = new HttpSender(options, "Bearer");
        _records = new OtlpRecords(_body);
        Name = options.Name ?? "otlp";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Address => _sender.Address;

    /// <inheritdoc/>
    public BatchLimits Limits { get; } = new(Records: 2048, Bytes: 1 << 20);

    /// <inheritdoc/>
    public ShipAnswer Send(ShipBatch batch, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(batch);
        _body.Clear();
        int resourceLogs = _body.Begin(1);
        int resource = _body.Begin(1);
        _records.Attribute(1, "service.name"u8, Encoding.UTF8.GetBytes(_sender.Options.Job));
        _records.Attribute(1, "log.file.directory"u8, Encoding.UTF8.GetBytes(batch.Source.Name.Length > 0 ? batch.Source.Name : Path.GetFileName(batch.Source.Directory)));
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
                _records.Write(batch[i]);
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
}
