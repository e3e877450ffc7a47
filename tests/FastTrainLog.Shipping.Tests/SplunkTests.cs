using System.Text.Json;
using FastTrainLog.Shipping.Tests.Receivers;
using FastTrainLog.Tool.Tests;
using Xunit;
using static FastTrainLog.Shipping.Tests.ShippedLog;

namespace FastTrainLog.Shipping.Tests;

/// <summary>Splunk's HTTP Event Collector, against a receiver that acknowledges late, or never.</summary>
public sealed class SplunkTests : IDisposable
{
    private readonly LogDirectory _log = new();
    private readonly List<(string Uid, string Event)> _events = [];
    private readonly Dictionary<long, int> _asked = [];
    private long _acks;

    public void Dispose() => _log.Dispose();

    [Fact]
    public void Every_record_is_there_with_an_identifier_that_tells_repeats_whatever_fails()
    {
        _log.With("run.jsonl", Lines(0, 5000));
        var random = new Random(21);
        using var receiver = new Receiver(Collect, _ => (Fault)random.Next(12) is var fault && fault <= Fault.Slow ? fault : Fault.None);
        using var target = new SplunkTarget(Receiver.Options(receiver));
        Assert.Equal((5000, 0), ShipAll(_log.Path, target) is var counters ? (counters.Sent, counters.Quarantined) : default);
        Assert.Equal(Lines(0, 5000), _events.DistinctBy(static entry => entry.Uid).Select(static entry => entry.Event));
    }

    [Fact]
    public void Records_that_the_indexer_does_not_acknowledge_are_sent_again()
    {
        _log.With("run.jsonl", Lines(0, 10));
        using var receiver = new Receiver(request => _acks == 1 && request.Path.StartsWith("/services/collector/ack", StringComparison.Ordinal) ? Receiver.Reply(200, """{"acks":{"1":false}}""") : Collect(request));
        using var target = new SplunkTarget(Receiver.Options(receiver), TimeSpan.FromMilliseconds(50));
        ShipCounters counters = ShipAll(_log.Path, target);
        Assert.Equal(10, counters.Sent);

        // On a busy machine what is sent again may be too late as well.
        Assert.True(counters.Retried >= 10 && counters.Retried % 10 == 0, $"{counters.Retried} records were sent again");
        Assert.Equal(counters.Sent + counters.Retried, _events.Count);
    }

    [Fact]
    public void An_event_that_the_collector_refuses_is_quarantined_and_the_rest_is_sent()
    {
        _log.With("run.jsonl", [.. Lines(0, 5), Line(5).Replace("record", "refused", StringComparison.Ordinal), .. Lines(6, 5)]);
        using var receiver = new Receiver(Collect);
        using var target = new SplunkTarget(Receiver.Options(receiver));
        Assert.Equal((10, 1), ShipAll(_log.Path, target) is var counters ? (counters.Sent, counters.Quarantined) : default);
        Assert.Equal(Lines(0, 11).Except([Line(5)]), _events.Select(static entry => entry.Event));
    }

    private (int Status, byte[] Body) Collect(Received request)
    {
        Assert.Contains("?channel=", request.Path, StringComparison.Ordinal);
        if (request.Path.StartsWith("/services/collector/ack", StringComparison.Ordinal))
        {
            long asked = JsonElement.Parse(request.Body).GetProperty("acks")[0].GetInt64();
            _asked[asked] = _asked.GetValueOrDefault(asked) + 1;
            return Receiver.Reply(200, $$"""{"acks":{"{{asked}}":{{(_asked[asked] > 2 ? "true" : "false")}} } }""");
        }

        var reader = new Utf8JsonReader(request.Body, new JsonReaderOptions { AllowMultipleValues = true });
        var events = new List<(string, string)>();
        while (reader.Read())
        {
            JsonElement entry = JsonElement.ParseValue(ref reader);
            string text = entry.GetProperty("event").GetRawText();
            if (text.Contains("refused", StringComparison.Ordinal))
            {
                return Receiver.Reply(400, $$"""{"text":"Incorrect data format","code":6,"invalid-event-number":{{events.Count}}}""");
            }

            Assert.Equal(entry.GetProperty("event").GetProperty("timestamp").GetDateTime(), DateTime.UnixEpoch.AddTicks((long)(entry.GetProperty("time").GetDecimal() * TimeSpan.TicksPerSecond)));
            events.Add((entry.GetProperty("fields").GetProperty("uid").GetString()!, text));
        }

        _events.AddRange(events);
        return Receiver.Reply(200, $$"""{"text":"Success","code":0,"ackId":{{++_acks}}}""");
    }
}
