using System.Text.Json;
using FastTrainLog.Tests.Shared;
using FastTrainLog.Tool.Tests;
using Xunit;
using static FastTrainLog.Shipping.Tests.ShippedLog;

namespace FastTrainLog.Shipping.Tests;

/// <summary>What becomes of records that a target does not take at once.</summary>
public sealed class DeliveryTests : IDisposable
{
    private readonly LogDirectory _log = new();
    private readonly List<ShipNotice> _notices = [];

    private string Quarantine => _log.PathOf(".fasttrainlog.ship.scripted.rejected.jsonl");

    public void Dispose() => _log.Dispose();

    [Fact]
    public void A_batch_is_sent_again_until_it_is_taken()
    {
        _log.With("run.jsonl", Lines(0, 10));
        int calls = 0;
        var target = new ScriptedTarget(_ => ++calls < 5 ? ShipAnswer.Retry("the disk of the target is full") : ShipAnswer.Done);
        ShipCounters counters = ShipAll(_log.Path, target, Quick(_notices.Add));

        Assert.Equal(Lines(0, 10), target.Taken);
        Assert.Equal((10, 40), (counters.Sent, counters.Retried));
        Assert.Equal([ShipNoticeKind.Unavailable, ShipNoticeKind.Available], _notices.Select(static notice => notice.Kind));
        Assert.Contains("the disk of the target is full", _notices[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_target_that_throws_loses_nothing()
    {
        _log.With("run.jsonl", Lines(0, 10));
        int calls = 0;
        var target = new ScriptedTarget(_ => ++calls switch
        {
            1 => throw new HttpRequestException("connection reset"),
            2 => throw new TaskCanceledException("the time limit of HttpClient"),
            3 => throw new InvalidCastException("a mistake in the target"),
            _ => ShipAnswer.Done,
        });
        ShipAll(_log.Path, target, Quick(_notices.Add));

        Assert.Equal(Lines(0, 10), target.Taken);
        Assert.Contains(_notices, static notice => notice.Message.Contains("InvalidCastException: a mistake", StringComparison.Ordinal));
    }

    [Fact]
    public void A_batch_that_is_refused_is_sent_in_halves_until_only_the_refused_records_are_quarantined()
    {
        _log.With("run.jsonl", Lines(0, 100));
        static bool IsBad(ShipBatch batch, int i) => batch[i].Record.GetInt64("Number"u8) is 13 or 77;
        var target = new ScriptedTarget(static batch => Enumerable.Range(0, batch.Count).Any(i => IsBad(batch, i)) ? ShipAnswer.Reject("no such field") : ShipAnswer.Done);
        ShipCounters counters = ShipAll(_log.Path, target, Quick(_notices.Add));

        Assert.Equal(Lines(0, 100).Except([Line(13), Line(77)]), target.Taken);
        Assert.Equal((98, 2), (counters.Sent, counters.Quarantined));
        JsonElement[] quarantined = [.. File.ReadLines(Quarantine).Select(static line => JsonElement.Parse(line))];
        Assert.Equal([Line(13), Line(77)], quarantined.Select(static entry => entry.GetProperty("record").GetRawText()));
        Assert.All(quarantined, static entry => Assert.Equal(("no such field", "run.jsonl"), (entry.GetProperty("reason").GetString(), entry.GetProperty("file").GetString())));
        Assert.Contains(_notices, static notice => notice.Kind == ShipNoticeKind.Quarantined && notice.Message.Contains("no such field", StringComparison.Ordinal));
        // The cursor is past them.
        Assert.Equal(98, ShipAll(_log.Path, target).Sent);
    }

    [Fact]
    public void Only_the_records_that_a_target_did_not_take_are_sent_again()
    {
        _log.With("run.jsonl", Lines(0, 9));
        var asked = new List<int>();
        var target = new ScriptedTarget(batch =>
        {
            asked.Add(batch.Count);
            return ShipAnswer.Each([.. Enumerable.Range(0, batch.Count).Select(i => (batch[i].Record.GetInt64("Number"u8) % 3, asked.Count) switch
            {
                (1, 1) => new RecordAnswer(ShipOutcome.Retry, "busy"),
                (2, _) => new RecordAnswer(ShipOutcome.Reject, "mapping conflict"),
                _ => new RecordAnswer(ShipOutcome.Done),
            })]);
        });
        ShipCounters counters = ShipAll(_log.Path, target);

        Assert.Equal([9, 3], asked);
        Assert.Equal((6, 3, 3), (counters.Sent, counters.Retried, counters.Quarantined));
        Assert.Equal(6, target.Taken.Distinct().Count());
        Assert.Equal(3, File.ReadLines(Quarantine).Count());
    }

    [Fact]
    public void A_batch_whose_sending_is_interrupted_is_sent_again_by_the_same_shipper_and_by_the_next()
    {
        _log.With("run.jsonl", Lines(0, 10));
        using var interrupt = new CancellationTokenSource();
        var target = new ScriptedTarget(_ =>
        {
            interrupt.Cancel();
            return ShipAnswer.Retry("down");
        });
        using (var shipper = new LogShipper(_log.Path, target, Quick()))
        {
            Assert.Throws<OperationCanceledException>(() => shipper.ShipNext(interrupt.Token));
        }

        using (var shipper = new LogShipper(_log.Path, target, Quick()))
        {
            Assert.Throws<OperationCanceledException>(() => shipper.ShipNext(interrupt.Token));
            target.Answer = static _ => ShipAnswer.Done;
            ShipAll(shipper);
        }

        Assert.Equal(Lines(0, 10), target.Taken);
    }

    [Fact]
    public void Pauses_are_random_below_a_limit_that_doubles_and_not_shorter_than_the_target_asks()
    {
        var pause = new RetryPause(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20));
        ShipAnswer busy = ShipAnswer.Retry("busy");
        var largest = new TimeSpan[10];
        for (int round = 0; round < 200; round++)
        {
            pause.Reset();
            for (int attempt = 0; attempt < largest.Length; attempt++)
            {
                TimeSpan next = pause.Next(busy);
                largest[attempt] = next > largest[attempt] ? next : largest[attempt];
            }
        }

        Assert.All(largest.Index(), static pair => Assert.InRange(pair.Item.TotalSeconds, 0.5 * Math.Min(20, Math.Pow(2, pair.Index)), Math.Min(20, Math.Pow(2, pair.Index))));
        Assert.InRange(pause.Next(ShipAnswer.Retry("busy", TimeSpan.FromSeconds(90))), TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(100));
        Assert.Equal(TimeSpan.FromSeconds(20), pause.Next(ShipAnswer.Misconfigured("no such token")));
    }

    [Fact]
    public void A_target_that_is_down_holds_up_no_other()
    {
        _log.With("run.jsonl", Lines(0, 1000));
        var down = new ScriptedTarget(static _ => ShipAnswer.Retry("down"), "down");
        var well = new ScriptedTarget(name: "well");
        using var first = new LogShipper(_log.Path, down, Quick());
        using var second = new LogShipper(_log.Path, well, Quick());
        first.Start();
        second.Start();
        Assert.True(Eventually.Is(() => second.Counters.Sent == 1000 && down.Calls > 3, TimeSpan.FromMinutes(1)));
        Assert.Equal((0, "down"), (first.Counters.Sent, first.GetStatus().Problem));
    }

    [Fact]
    public void A_target_without_a_name_for_its_cursor_is_refused() =>
        Assert.Contains("letters, digits", Assert.Throws<ArgumentException>(() => new LogShipper(_log.Path, new ScriptedTarget(name: "a/b"))).Message, StringComparison.Ordinal);
}
