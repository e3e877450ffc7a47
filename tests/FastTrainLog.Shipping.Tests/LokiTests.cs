using FastTrainLog.Shipping.Tests.Receivers;
using FastTrainLog.Tool.Tests;
using FastTrainLog.Tool.Tests.Runs;
using Xunit;
using static FastTrainLog.Shipping.Tests.ShippedLog;

namespace FastTrainLog.Shipping.Tests;

/// <summary>Loki's push interface, against its rules in a receiver that fails in every way.</summary>
public sealed class LokiTests : IDisposable
{
    private readonly LogDirectory _log = new();
    private readonly LokiRules _loki = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public void Records_are_in_streams_of_few_labels_with_their_lines_and_times()
    {
        string[] lines = [RunRecord.Start(1, "a", rank: 1, ranks: 2), RunRecord.Step(2, "a", 1, 0.5, rank: 1, ranks: 2), RunRecord.Step(3, "a", 2, 0.25, rank: 1, ranks: 2), Line(0)];
        _log.With("run.jsonl", lines);
        using var receiver = new Receiver(_loki.Push);
        using var target = new LokiTarget(Receiver.Options(receiver));
        ShipAll(_log.Path, target);

        Assert.Equal(["category=main,job=fasttrainlog,level=INFO", "category=training_progress,job=fasttrainlog,level=INFO,rank=1,run=a"], _loki.Streams.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([.. lines[..3]], _loki.Streams["category=training_progress,job=fasttrainlog,level=INFO,rank=1,run=a"].Select(static entry => entry.Line));
        Assert.Equal((new DateTime(2026, 11, 24, 6, 0, 2, DateTimeKind.Utc) - DateTime.UnixEpoch).Ticks * 100, _loki.Streams["category=training_progress,job=fasttrainlog,level=INFO,rank=1,run=a"][1].Time);
    }

    [Fact]
    public void Every_record_arrives_once_and_in_order_while_Loki_and_the_shipper_are_killed_at_random()
    {
        var faults = new Random(19);
        using var receiver = new Receiver(_loki.Push, _ => (Fault)(faults.Next(20) is var drawn && drawn <= (int)Fault.Slow ? drawn : 0));
        var shipping = new KilledShipping(_log, receiver.Address, receiver.Kill, receiver.Start);
        shipping.Run();
        Assert.Equal(shipping.Streams.Keys, _loki.Streams.Keys.Order(StringComparer.Ordinal));
        Assert.All(shipping.Streams, stream => Assert.Equal(stream.Value, _loki.Streams[stream.Key].Select(static entry => entry.Line)));
        Assert.All(receiver.Met, static fault => Assert.True(fault.Value > 0));
    }

    [Fact]
    public void Records_too_far_behind_go_to_a_stream_for_replays_each_once()
    {
        string[] late = [.. Enumerable.Range(0, 50).Select(static i => Line(10_000_000 + i))];
        _log.With("run.jsonl.1", late).With("run.jsonl", Lines(0, 200));
        using var receiver = new Receiver(_loki.Push);
        using var target = new LokiTarget(Receiver.Options(receiver));
        Assert.Equal(0, ShipAll(_log.Path, target).Quarantined);

        Assert.Equal(late, _loki.Streams["category=main,job=fasttrainlog,level=INFO"].Select(static entry => entry.Line));
        Assert.Equal(Lines(0, 200), _loki.Streams["category=main,job=fasttrainlog,level=INFO,replay=1"].Select(static entry => entry.Line));
    }

    [Fact]
    public void A_record_that_Loki_refuses_for_good_is_quarantined_and_the_others_are_there()
    {
        var strict = new LokiRules(mostOfLine: 1000);
        _log.With("run.jsonl", [.. Lines(0, 20), Line(20).Replace("record 20", new string('x', 2000), StringComparison.Ordinal), .. Lines(21, 20)]);
        using var receiver = new Receiver(strict.Push);
        using var target = new LokiTarget(Receiver.Options(receiver));
        Assert.Equal((40, 1), ShipAll(_log.Path, target) is var counters ? (counters.Sent, counters.Quarantined) : default);
        Assert.Equal(Lines(0, 41).Except([Line(20)]), Assert.Single(strict.Streams).Value.Select(static entry => entry.Line));
        Assert.Contains("max entry size exceeded", File.ReadAllText(_log.PathOf(".fasttrainlog.ship.loki.rejected.jsonl")), StringComparison.Ordinal);
    }
}
