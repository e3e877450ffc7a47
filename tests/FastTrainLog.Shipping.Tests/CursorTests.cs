using FastTrainLog.Tests.Shared;
using FastTrainLog.Tool.Tests;
using Xunit;
using static FastTrainLog.Shipping.Tests.ShippedLog;

namespace FastTrainLog.Shipping.Tests;

/// <summary>From where a shipper continues, whatever happened to the files meanwhile.</summary>
public sealed class CursorTests : IDisposable
{
    private readonly LogDirectory _log = new();
    private readonly ScriptedTarget _target = new();
    private readonly List<ShipNotice> _notices = [];

    private string Cursor => _log.PathOf(".fasttrainlog.ship.scripted.cursor");

    public void Dispose() => _log.Dispose();

    [Fact]
    public void The_next_shipper_continues_where_the_last_one_ended()
    {
        _log.With("run.jsonl", Lines(0, 100));
        Assert.Equal(100, ShipAll(_log.Path, _target).Sent);
        Append(_log.PathOf("run.jsonl"), Lines(100, 50));

        Assert.Equal(150, ShipAll(_log.Path, _target).Sent);
        Assert.Equal(Lines(0, 150), _target.Taken);
    }

    [Fact]
    public void A_line_that_is_being_written_is_left_until_it_is_complete()
    {
        _log.With("run.jsonl", Bytes([Line(0)]).Concat(Bytes([Line(1)])[..40]).ToArray());
        using var shipper = new LogShipper(_log.Path, _target, Quick(_notices.Add));
        ShipAll(shipper);
        Assert.Equal([Line(0)], _target.Taken);

        _log.With("run.jsonl", Lines(0, 2));
        ShipAll(shipper);
        Assert.Equal(Lines(0, 2), _target.Taken);
        Assert.Empty(_notices);
    }

    [Fact]
    public void Rotations_and_compressions_between_and_during_shippings_repeat_and_lose_nothing()
    {
        var shipper = new LogShipper(_log.Path, _target, Quick());
        for (int round = 0; round < 30; round++)
        {
            Append(_log.PathOf("run.jsonl"), Lines(round * 10, 10));
            if (round % 3 == 1)
            {
                ShipAll(shipper);
            }

            if (round % 4 == 2)
            {
                for (int number = 20; number >= 1; number--)
                {
                    foreach (string extension in new[] { "", ".gz" })
                    {
                        if (File.Exists(_log.PathOf($"run.jsonl.{number}{extension}")))
                        {
                            File.Move(_log.PathOf($"run.jsonl.{number}{extension}"), _log.PathOf($"run.jsonl.{number + 1}{extension}"));
                        }
                    }
                }

                File.Move(_log.PathOf("run.jsonl"), _log.PathOf("run.jsonl.1"));
                if (round % 8 == 2)
                {
                    Compress(_log.PathOf("run.jsonl.1"));
                }
            }

            if (round % 5 == 4)
            {
                shipper.Dispose();
                shipper = new LogShipper(_log.Path, _target, Quick());
            }
        }

        ShipAll(shipper);
        shipper.Dispose();
        Assert.Equal(Lines(0, 300), _target.Taken);
        Assert.Equal(300, _target.Ids.Distinct().Count());
    }

    [Fact]
    public void Lines_that_a_recovery_truncates_and_writes_again_in_another_order_are_shipped_once()
    {
        _log.With("run.jsonl", Lines(0, 100));
        ShipAll(_log.Path, _target);

        // Of the last 30, as a recovery merges them: with one that had not been written, among them.
        string[] rewritten = [.. Lines(70, 30).Reverse()];
        _log.With("run.jsonl", [.. Lines(0, 70), .. rewritten[..10], Line(500), .. rewritten[10..], Line(501)]);

        Assert.Equal(102, ShipAll(_log.Path, _target).Sent);
        Assert.Equal([.. Lines(0, 100), Line(500), Line(501)], _target.Taken);
        Assert.Equal(102, _target.Ids.Distinct().Count());
    }

    [Fact]
    public void A_file_that_is_seen_truncated_before_it_is_written_again_ships_no_line_twice()
    {
        _log.With("run.jsonl", Lines(0, 100));
        ShipAll(_log.Path, _target);
        _log.With("run.jsonl", Lines(0, 70));
        ShipAll(_log.Path, _target);
        Append(_log.PathOf("run.jsonl"), Lines(70, 40));

        ShipAll(_log.Path, _target);
        Assert.Equal(Lines(0, 110), _target.Taken);
    }

    [Fact]
    public void A_corrupt_line_is_counted_and_told_and_what_follows_is_shipped()
    {
        _log.With("run.jsonl", [.. Lines(0, 3), "{\"timestamp\":\"2026-11-2\0\0\0", Line(3), "not a record at all"]);
        ShipCounters counters = ShipAll(_log.Path, _target, Quick(_notices.Add));

        Assert.Equal(Lines(0, 4), _target.Taken);
        Assert.Equal(2, counters.Unreadable);
        Assert.Contains(_notices, notice => notice.Kind == ShipNoticeKind.Unreadable && notice.Message.Contains("run.jsonl, line 6", StringComparison.Ordinal));
        // Not again.
        Append(_log.PathOf("run.jsonl"), [Line(4)]);
        Assert.Equal(2, ShipAll(_log.Path, _target).Unreadable);
        Assert.Equal(Lines(0, 5), _target.Taken);
    }

    [Fact]
    public void A_line_of_ten_megabytes_is_counted_and_told_and_what_follows_is_shipped()
    {
        _log.With("run.jsonl", Line(0), Line(1).Replace("record 1", new string('x', 10_000_000), StringComparison.Ordinal), Line(2));
        ShipCounters counters = ShipAll(_log.Path, _target, Quick(_notices.Add));

        Assert.Equal([Line(0), Line(2)], _target.Taken);
        Assert.Equal(1, counters.Unreadable);
        Assert.Contains("longer than 8 MiB", Assert.Single(_notices).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rotated_file_that_is_deleted_unshipped_is_counted_and_told_and_the_rest_is_shipped()
    {
        _log.With("run.jsonl", Lines(0, 100));
        using (var slow = new LogShipper(_log.Path, new ScriptedTarget { Limits = new BatchLimits(Records: 40) }, Quick()))
        {
            Assert.True(slow.ShipNext(TestContext.Current.CancellationToken));
        }

        File.Delete(_log.PathOf("run.jsonl"));
        _log.With("run.jsonl", Lines(200, 10));
        ShipCounters counters = ShipAll(_log.Path, _target, Quick(_notices.Add));

        Assert.Equal(Lines(200, 10), _target.Taken);
        Assert.Equal(Bytes(Lines(40, 60)).Length, counters.LostBytes);
        Assert.Contains(_notices, static notice => notice.Kind == ShipNoticeKind.Lost);
    }

    [Fact]
    public void A_file_that_is_deleted_after_it_was_shipped_is_no_loss()
    {
        _log.With("run.jsonl.1", Lines(0, 10)).With("run.jsonl", Lines(10, 10));
        ShipAll(_log.Path, _target);
        File.Delete(_log.PathOf("run.jsonl"));
        File.Delete(_log.PathOf("run.jsonl.1"));
        _log.With("run.jsonl", Lines(20, 10));

        Assert.Equal(0, ShipAll(_log.Path, _target, Quick(_notices.Add)).LostBytes);
        Assert.Equal(Lines(0, 30), _target.Taken);
        Assert.Empty(_notices);
    }

    [Theory]
    [InlineData("fasttrainlog cursor, version 9, 0000000000000000\nstate of the future", "it is of version 9, and this is version 3")]
    [InlineData("fasttrainlog cursor, version 3, 0000000000000000\nstate", "its checksum is wrong")]
    [InlineData("", "it does not begin as a cursor does")]
    [InlineData("{\"offset\": 12}", "it does not begin as a cursor does")]
    public void A_cursor_that_cannot_be_used_is_kept_and_told_and_the_log_is_shipped_from_its_beginning(string cursor, string reason)
    {
        _log.With("run.jsonl", Lines(0, 10));
        File.WriteAllText(Cursor, cursor);

        Assert.Equal(1, ShipAll(_log.Path, _target, Quick(_notices.Add)).CursorFailures);
        Assert.Equal(Lines(0, 10), _target.Taken);
        Assert.Contains(reason, Assert.Single(_notices).Message, StringComparison.Ordinal);
        Assert.Equal(cursor, File.ReadAllText(Cursor + ".unusable"));
        Assert.Equal(10, ShipAll(_log.Path, _target).Sent);
    }

    [Fact]
    public void Every_bit_of_damage_to_a_cursor_is_noticed()
    {
        _log.With("run.jsonl", Lines(0, 10));
        ShipAll(_log.Path, _target);
        byte[] whole = File.ReadAllBytes(Cursor);
        for (int place = 0; place < whole.Length; place += 7)
        {
            byte[] damaged = [.. whole];
            damaged[place] ^= 0x10;
            File.WriteAllBytes(Cursor, damaged);
            var seen = new List<ShipNotice>();
            using var shipper = new LogShipper(_log.Path, _target, Quick(seen.Add));
            Assert.Equal(ShipNoticeKind.Cursor, Assert.Single(seen).Kind);
        }
    }

    [Fact]
    public void With_a_full_disk_under_the_cursor_shipping_goes_on_and_the_cursor_is_stored_once_there_is_room()
    {
        using SmallDisk? disk = SmallDisk.Mount(_log.PathOf("disk"));
        Assert.SkipWhen(disk is null, "only root may mount a file system, on Linux");
        _log.With("run.jsonl", Lines(0, 10));
        ShipOptions options = Quick(_notices.Add);
        options.StateDirectory = _log.PathOf("disk/state");
        using (var shipper = new LogShipper(_log.Path, _target, options))
        {
            disk.Fill();
            ShipAll(shipper);
            Assert.Equal(Lines(0, 10), _target.Taken);
            Assert.True(shipper.Counters.CursorFailures > 0);
            Assert.Contains(_notices, static notice => notice.Kind == ShipNoticeKind.Cursor && notice.Message.Contains("cannot be stored", StringComparison.Ordinal));
            Append(_log.PathOf("run.jsonl"), Lines(10, 10));
            ShipAll(shipper);
            disk.MakeRoom();
        }

        ShipAll(_log.Path, _target, options);
        Assert.Equal(Lines(0, 20), _target.Taken);
    }

    [Fact]
    public void Of_a_file_that_was_reduced_before_it_was_shipped_the_records_left_out_are_counted_as_lost()
    {
        const string Note = """{"timestamp":"2026-11-24T06:00:00.0000000Z","level":"INFO","logger":"system","thread":0,"event_id":9020,"event":"RecordsLeftOut","message":"9 records of 900 bytes are left out here, because rotated files had come to TrainLogOptions.MaxTotalBackupSize","properties":{"Records":9,"Bytes":900}}""";
        _log.With("run.jsonl", Lines(0, 4));
        ShipAll(_log.Path, _target);
        File.Delete(_log.PathOf("run.jsonl"));
        // The record 2 lasts and was shipped; 8 lasts too, and was not.
        _log.With("run.jsonl.1", Note, Line(2), Line(8)).With("run.jsonl", Line(12));
        Compress(_log.PathOf("run.jsonl.1"));

        ShipCounters counters = ShipAll(_log.Path, _target, Quick(_notices.Add));
        Assert.Equal([.. Lines(0, 4), Note, Line(8), Line(12)], _target.Taken);
        Assert.Equal(9, counters.LostRecords);
        Assert.Contains("9 records", Assert.Single(_notices).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_is_shipped_to_a_target_by_one_shipper_at_a_time()
    {
        _log.With("run.jsonl", Lines(0, 1));
        using var first = new LogShipper(_log.Path, _target, Quick());
        IOException refusal = Assert.Throws<IOException>(() => new LogShipper(_log.Path, _target, Quick()));
        Assert.Contains("ships", refusal.Message, StringComparison.Ordinal);
        using var other = new LogShipper(_log.Path, new ScriptedTarget(name: "other"), Quick());
    }

    [Fact]
    public void What_is_behind_is_counted_while_it_is_not_shipped()
    {
        _log.With("run.jsonl.1", Lines(0, 100)).With("run.jsonl", Lines(100, 20));
        Compress(_log.PathOf("run.jsonl.1"));
        using var shipper = new LogShipper(_log.Path, _target, Quick());
        Assert.Equal((120, new DateTime(2026, 11, 24, 6, 0, 0, DateTimeKind.Utc)), (shipper.GetStatus().Backlog.Records, shipper.GetStatus().Backlog.Oldest));
        ShipAll(shipper);
        Assert.Equal(new ShipBacklog(0, 0, null), shipper.GetStatus().Backlog);
        Append(_log.PathOf("run.jsonl"), Lines(120, 7));
        Assert.Equal((7, Bytes(Lines(120, 7)).Length), (shipper.GetStatus().Backlog.Records, shipper.GetStatus().Backlog.Bytes));

        ShipStatus apart = Assert.Single(LogShipper.ReadStatus(_log.Path));
        Assert.Equal(("scripted", 120L, 7L), (apart.Target, apart.Counters.Sent, apart.Backlog.Records));
    }
}
