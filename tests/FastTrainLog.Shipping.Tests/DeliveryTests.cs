using System.Text.Json;
using FastTrainLog.Encryption;
using FastTrainLog.Tests.Shared;
using FastTrainLog.Tool.Shipping;
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

    // A directory whose cursors are on a disk of its own, which is full when a record is refused; and one whose files are read after a key is there.
    [Fact]
    public void A_full_disk_under_the_quarantine_file_of_a_directory_and_a_missing_key_hold_up_no_other_directory_of_the_same_target()
    {
        string full = _log.PathOf("full");
        using SmallDisk? disk = SmallDisk.Mount(full);
        Assert.SkipWhen(disk is null, "Only root may mount a disk that is full.");
        using var locked = new LogDirectory();
        using var well = new LogDirectory();
        File.WriteAllBytes(Path.Combine(full, "run.jsonl"), Bytes(Lines(0, 10)));
        locked.With("run.jsonl.1", Lines(100, 10));
        Reform(locked.PathOf("run.jsonl.1"), "encrypted", BackupKey.TryParse(Convert.ToBase64String(Enumerable.Range(70, 32).Select(static i => (byte)i).ToArray()))!);
        well.With("run.jsonl", Lines(200, 10));
        static bool IsBad(ShipBatch batch, int i) => batch[i].Record.GetInt64("Number"u8) is 5;
        var target = new ScriptedTarget(batch =>
        {
            if (batch.Source.Directory == full)
            {
                disk.Fill();
            }

            return ShipAnswer.Each([.. Enumerable.Range(0, batch.Count).Select(i => IsBad(batch, i) ? new RecordAnswer(ShipOutcome.Reject, "no such field") : new RecordAnswer(ShipOutcome.Done))]);
        });
        using var stop = new CancellationTokenSource();
        using var thread = new TargetThread(target, new SourceFinder([full, locked.Path, well.Path], root: null), Quick(), once: true, static _ => { }, stop.Token);
        thread.Start();
        try
        {
            Assert.True(Eventually.Is(() => Taken().Intersect(Lines(200, 10)).Count() == 10, TimeSpan.FromMinutes(2)), "A directory is held up by others.");
            // It goes on, too.
            well.With("run.jsonl", Lines(200, 30));
            Assert.True(Eventually.Is(() => Taken().Intersect(Lines(200, 30)).Count() == 30, TimeSpan.FromMinutes(2)), "A directory is held up by others.");
            Assert.False(File.Exists(Path.Combine(full, ".fasttrainlog.ship.scripted.rejected.jsonl")) && File.ReadLines(Path.Combine(full, ".fasttrainlog.ship.scripted.rejected.jsonl")).Any());

            target.Answer = batch => ShipAnswer.Each([.. Enumerable.Range(0, batch.Count).Select(i => IsBad(batch, i) ? new RecordAnswer(ShipOutcome.Reject, "no such field") : new RecordAnswer(ShipOutcome.Done))]);
            disk.MakeRoom();
            File.Delete(locked.PathOf("run.jsonl.1.gz"));
            Assert.True(thread.Join(TimeSpan.FromMinutes(2)));
            Assert.False(thread.HasFailed);
            Assert.Equal([.. Lines(0, 5), .. Lines(6, 4), .. Lines(200, 30)], Taken().Order(StringComparer.Ordinal));
            Assert.Contains("\"Number\":5", Assert.Single(File.ReadLines(Path.Combine(full, ".fasttrainlog.ship.scripted.rejected.jsonl"))), StringComparison.Ordinal);
            Assert.Equal(1, LogShipper.ReadStatus(full).Single().Counters.Quarantined);
        }
        finally
        {
            stop.Cancel();
            thread.Join(TimeSpan.FromMinutes(2));
        }

        string[] Taken()
        {
            lock (target.Taken)
            {
                return [.. target.Taken];
            }
        }
    }

    [Fact]
    public void A_target_without_a_name_for_its_cursor_is_refused() =>
        Assert.Contains("letters, digits", Assert.Throws<ArgumentException>(() => new LogShipper(_log.Path, new ScriptedTarget(name: "a/b"))).Message, StringComparison.Ordinal);
}
