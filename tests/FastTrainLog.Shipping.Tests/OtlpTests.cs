using System.Text;
using FastTrainLog.Shipping.Tests.Receivers;
using FastTrainLog.Tool.Tests;
using FastTrainLog.Tool.Tests.Runs;
using Google.Protobuf;
using Xunit;
using static FastTrainLog.Shipping.Tests.ShippedLog;

namespace FastTrainLog.Shipping.Tests;

/// <summary>OpenTelemetry logs, decoded by Google's parser of the wire format.</summary>
public sealed class OtlpTests : IDisposable
{
    private readonly LogDirectory _log = new();
    private readonly List<Message> _records = [];

    public void Dispose() => _log.Dispose();

    [Fact]
    public void Every_record_is_there_with_an_identifier_that_tells_repeats_whatever_fails()
    {
        _log.With("run.jsonl", Lines(0, 3000));
        var random = new Random(22);
        using var receiver = new Receiver(Export, _ => (Fault)random.Next(10) is var fault && fault <= Fault.Slow ? fault : Fault.None);
        using var target = new OtlpTarget(Receiver.Options(receiver));
        Assert.Equal((3000, 0), ShipAll(_log.Path, target) is var counters ? (counters.Sent, counters.Quarantined) : default);
        Assert.Equal(Enumerable.Range(0, 3000).Select(static i => $"record {i}"), _records.DistinctBy(static record => record.Attribute("log.record.uid").Text(1)).Select(static record => record.One(5).Text(1)));
    }

    [Fact]
    public void A_record_has_its_time_severity_message_trace_and_attributes()
    {
        string line = RunRecord.Of(
            2, "a", 1001, "Step", "\"Loss\":0.5,\"Epoch\":3,\"Name\":\"säule\",\"Nan\":\"NaN\",\"Last\":true,\"None\":null,\"Norms\":[1,2.5,[\"\\u00e9\",{}]],\"Pa\\\"th\":\"C:\\\\log\",\"Layer\":{\"max\":-7}", rank: 3, ranks: 8, step: 70, level: "WARNING")
            .Replace("\"eventId\"", "\"trace_id\":\"0102030405060708090a0b0c0d0e0f10\",\"span_id\":\"1112131415161718\",\"eventId\"", StringComparison.Ordinal);
        _log.With("run.jsonl", line);
        using var receiver = new Receiver(Export);
        using var target = new OtlpTarget(Receiver.Options(receiver));
        ShipAll(_log.Path, target);

        Message record = Assert.Single(_records);
        Assert.Equal((ulong)(new DateTime(2026, 11, 24, 6, 0, 2, DateTimeKind.Utc) - DateTime.UnixEpoch).Ticks * 100, record.Number(1));
        Assert.Equal((13UL, "Step"), (record.Number(2), record.One(5).Text(1)));
        Assert.Equal("0102030405060708090a0b0c0d0e0f10", Convert.ToHexStringLower(record.Bytes(9)));
        Assert.Equal("1112131415161718", Convert.ToHexStringLower(record.Bytes(10)));
        Assert.Equal(("Step", "a", 3UL, 70UL), (record.Attribute("event.name").Text(1), record.Attribute("training.run.id").Text(1), record.Attribute("training.rank").Number(3), record.Attribute("training.step").Number(3)));
        Assert.Equal((0.5, 3UL, "säule", "NaN", 1UL), (BitConverter.UInt64BitsToDouble(record.Attribute("Loss").Number(4)), record.Attribute("Epoch").Number(3), record.Attribute("Name").Text(1), record.Attribute("Nan").Text(1), record.Attribute("Last").Number(2)));
        Assert.Empty(record.Attribute("None").Fields);
        Message[] norms = [.. record.Attribute("Norms").One(5).All(1)];
        Assert.Equal((3, 1UL, 2.5), (norms.Length, norms[0].Number(3), BitConverter.UInt64BitsToDouble(norms[1].Number(4))));
        Assert.Equal("é", norms[2].One(5).All(1).First().Text(1));
        Assert.Equal("C:\\log", record.Attribute("Pa\"th").Text(1));
        Message layer = record.Attribute("Layer").One(6).One(1);
        Assert.Equal(("max", -7), (layer.Text(1), (long)layer.One(2).Number(3)));
    }

    [Fact]
    public void Attributes_are_whole_whatever_their_length_and_the_order_of_the_members()
    {
        int[] lengths = [0, 1, 90, .. Enumerable.Range(100, 40), .. Enumerable.Range(16_370, 20)];
        long[] numbers = [0, 1, -1, 127, 128, 16_383, 16_384, int.MaxValue, long.MaxValue, long.MinValue];
        string[] members =
        [
            "\"timestamp\":\"2026-01-01T00:00:00.0000000Z\"", "\"level\":\"INFO\"", "\"logger\":\"l\"", "\"thread\":7", "\"run\":\"r\"", "\"rank\":3", "\"event\":\"E\"", "\"message\":\"m\"", "\"odd\":\"o\"",
        ];
        var random = new Random(5);
        List<string> lines = [];
        for (int i = 0; i < 2000; i++)
        {
            random.Shuffle(members);
            string text = new('x', lengths[i % lengths.Length]);
            lines.Add($"{{{string.Join(',', members)},\"properties\":{{\"text\":\"{text}\",\"number\":{numbers[i % numbers.Length]}}}}}");
        }

        _log.With("run.jsonl", [.. lines]);
        using var receiver = new Receiver(Export);
        using var target = new OtlpTarget(Receiver.Options(receiver));
        ShipAll(_log.Path, target);

        // In several batches: the members of the lines of later ones are not looked for again.
        Assert.True(receiver.Requests > 2);
        Assert.Equal(Enumerable.Range(0, 2000).Select(i => (lengths[i % lengths.Length], numbers[i % numbers.Length])), _records.Select(static record => (record.Attribute("text").Text(1).Length, (long)record.Attribute("number").Number(3))));
        Assert.All(_records, static record => Assert.Equal(
            ("m", "E", 7UL, "r", 3UL, "o"),
            (record.One(5).Text(1), record.Attribute("event.name").Text(1), record.Attribute("thread.id").Number(3), record.Attribute("training.run.id").Text(1), record.Attribute("training.rank").Number(3), record.Attribute("odd").Text(1))));
        Assert.Equal(2000, _records.Select(static record => record.Attribute("log.record.uid").Text(1)).Distinct().Count());
    }

    [Fact]
    public void A_batch_of_which_a_part_is_refused_is_not_sent_again_and_is_in_quarantine()
    {
        _log.With("run.jsonl", Lines(0, 10));
        // partial_success { rejected_log_records: 2, error_message: "odd" }
        using var receiver = new Receiver(request => (200, Export(request) is var _ ? [0x0A, 0x07, 0x08, 0x02, 0x12, 0x03, .. "odd"u8] : []));
        using var target = new OtlpTarget(Receiver.Options(receiver));
        ShipCounters counters = ShipAll(_log.Path, target);
        Assert.Equal((0, 10, 0, 1), (counters.Sent, counters.Quarantined, counters.Retried, receiver.Requests));
        Assert.Contains("refused 2 of the 10 records of this batch, and does not say which: odd", File.ReadAllText(_log.PathOf(".fasttrainlog.ship.otlp.rejected.jsonl")), StringComparison.Ordinal);
    }

    private (int Status, byte[] Body) Export(Received request)
    {
        Assert.Equal(("/v1/logs", "application/x-protobuf", "gzip"), (request.Path, request.Headers["Content-Type"], request.Headers["Content-Encoding"]));
        Message resourceLogs = new Message(request.Body).One(1);
        Assert.Equal("fasttrainlog", resourceLogs.One(1).Attribute("service.name", field: 1).Text(1));
        _records.AddRange(resourceLogs.All(2).SelectMany(static scope => scope.All(2)));
        return (200, []);
    }

    /// <summary>A message without its schema: the fields with their numbers.</summary>
    private sealed class Message
    {
        public Message(byte[] bytes)
        {
            var input = new CodedInputStream(bytes);
            for (uint tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
            {
                Fields.Add((WireFormat.GetTagFieldNumber(tag), WireFormat.GetTagWireType(tag) switch
                {
                    WireFormat.WireType.Varint => input.ReadUInt64(),
                    WireFormat.WireType.Fixed64 => input.ReadFixed64(),
                    WireFormat.WireType.Fixed32 => input.ReadFixed32(),
                    _ => input.ReadBytes().ToByteArray(),
                }));
            }
        }

        public List<(int Field, object Value)> Fields { get; } = [];

        public byte[] Bytes(int field) => (byte[])Fields.Single(found => found.Field == field).Value;

        public string Text(int field) => Encoding.UTF8.GetString(Bytes(field));

        public ulong Number(int field) => Convert.ToUInt64(Fields.Single(found => found.Field == field).Value, null);

        public Message One(int field) => new(Bytes(field));

        public IEnumerable<Message> All(int field) => Fields.Where(found => found.Field == field).Select(static found => new Message((byte[])found.Value));

        public Message Attribute(string name, int field = 6) => All(field).Single(attribute => attribute.Text(1) == name).One(2);
    }
}
