using FastTrainLog.Encryption;
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
        using var shipper = new LogShipper(_log.Path, _target, Quick(_notices.Add)) { IsFollowing = true };
        ShipAll(shipper);
        Assert.Equal([Line(0)], _target.Taken);

        _log.With("run.jsonl", Lines(0, 2));
        ShipAll(shipper);
        Assert.Equal(Lines(0, 2), _target.Taken);
        Assert.Empty(_notices);
    }

    [Fact]
    public void The_end_of_a_log_that_is_no_complete_record_is_told_when_no_more_is_waited_for_and_shipped_once_it_is_complete()
    {
        byte[] cut = Bytes([Line(1)])[..40];
        _log.With("run.jsonl", Bytes([Line(0)]).Concat(cut).ToArray());
        Assert.Equal((1, 0), ShipAll(_log.Path, _target, Quick(_notices.Add)) is var first ? (first.Sent, first.Unreadable) : default);
        Assert.Contains("run.jsonl ends with 40 bytes that are no complete record", Assert.Single(_notices).Message, StringComparison.Ordinal);

        // By a recovery; or a later process ends the line.
        _log.With("run.jsonl", Bytes([Line(0)]).Concat(cut).Concat(Bytes(["", Line(1), Line(2)])).ToArray());
        Assert.Equal((3, 1), ShipAll(_log.Path, _target) is var second ? (second.Sent, second.Unreadable) : default);
        Assert.Equal(Lines(0, 3), _target.Taken);
    }

    [Theory]
    [InlineData("run.jsonl", null)]
    [InlineData("run.jsonl.1", null)]
    [InlineData("run.jsonl.1", "gzip")]
    [InlineData("run.jsonl.1", "columns")]
    [InlineData("run.jsonl.1", "encrypted")]
    public void A_record_without_a_line_feed_at_the_end_of_a_file_is_shipped_once_whatever_becomes_of_the_file(string file, string? form)
    {
        foreach (int before in (int[])[0, 3])
        {
            using var log = new LogDirectory();
            var target = new ScriptedTarget();
            byte[] lines = Bytes(Lines(0, before + 1))[..^1];
            log.With(file, lines);
            if (form is not null)
            {
                Reform(log.PathOf(file), form);
            }

            ShipCounters counters = default;
            for (int again = 0; again < 3; again++)
            {
                counters = ShipAll(log.Path, target, Quick(_notices.Add));
            }

            Assert.Equal((before + 1, 0, 0), (counters.Sent, counters.Unreadable, counters.LostBytes));
            if (file == "run.jsonl")
            {
                // The process that writes it, or the next one, ends the line; and it is rotated.
                Append(log.PathOf(file), ["", .. Lines(before + 1, 2)]);
                ShipAll(log.Path, target, Quick(_notices.Add));
                File.Move(log.PathOf("run.jsonl"), log.PathOf("run.jsonl.1"));
            }
            else
            {
                log.With("run.jsonl", Lines(before + 1, 2));
            }

            ShipAll(log.Path, target, Quick(_notices.Add));
            if (form is null)
            {
                Reform(log.PathOf("run.jsonl.1"), "gzip");
            }

            Append(log.PathOf("run.jsonl"), Lines(before + 3, 1));
            Assert.Equal((before + 4, 0, 0), ShipAll(log.Path, target, Quick(_notices.Add)) is var last ? (last.Sent, last.Unreadable, last.LostBytes) : default);
            Assert.Equal(Lines(0, before + 4), target.Taken);
            Assert.Equal(before + 4, target.Ids.Distinct().Count());
            Assert.Empty(_notices);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("gzip")]
    [InlineData("columns")]
    [InlineData("encrypted")]
    public void A_piece_of_a_record_at_the_end_of_a_rotated_file_is_counted_once_and_told_and_the_rest_is_shipped(string? form)
    {
        foreach (int before in (int[])[0, 3])
        {
            using var log = new LogDirectory();
            var target = new ScriptedTarget();
            _notices.Clear();
            log.With("run.jsonl.1", Bytes(Lines(0, before + 1))[..^30]);
            if (form is not null)
            {
                Reform(log.PathOf("run.jsonl.1"), form);
            }

            for (int again = 0; again < 3; again++)
            {
                Assert.Equal((before, 1), ShipAll(log.Path, target, Quick(_notices.Add)) is var counters ? (counters.Sent, counters.Unreadable) : default);
            }

            log.With("run.jsonl", Lines(10, 2));
            if (form is null)
            {
                ShipAll(log.Path, target, Quick(_notices.Add));
                Reform(log.PathOf("run.jsonl.1"), "gzip");
            }

            Assert.Equal((before + 2, 1, 0), ShipAll(log.Path, target, Quick(_notices.Add)) is var last ? (last.Sent, last.Unreadable, last.LostBytes) : default);
            Assert.Equal([.. Lines(0, before), .. Lines(10, 2)], target.Taken);
            Assert.Contains("it is cut off at the end of the file", Assert.Single(_notices).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_line_of_a_rotated_file_on_which_a_recovery_writes_on_is_shipped()
    {
        foreach (int before in (int[])[0, 3])
        {
            using var log = new LogDirectory();
            var target = new ScriptedTarget();
            byte[] lines = Bytes(Lines(0, before + 2));
            log.With("run.jsonl.1", lines[..^200]);
            Assert.Equal(before, ShipAll(log.Path, target).Sent);
            log.With("run.jsonl.1", lines);
            Assert.Equal(before + 2, ShipAll(log.Path, target).Sent);
            Assert.Equal(Lines(0, before + 2), target.Taken);
        }
    }

    [Fact]
    public void A_record_without_a_line_feed_that_a_recovery_truncates_and_writes_again_is_shipped_once()
    {
        _log.With("run.jsonl", Bytes(Lines(0, 5))[..^1]);
        Assert.Equal(5, ShipAll(_log.Path, _target).Sent);
        _log.With("run.jsonl", [.. Lines(0, 3), Line(10), Line(4), Line(3), Line(11)]);
        ShipAll(_log.Path, _target);
        Assert.Equal([.. Lines(0, 5), Line(10), Line(11)], _target.Taken);
        Assert.Equal(7, _target.Ids.Distinct().Count());
    }

    [Fact]
    public void A_log_whose_key_is_missing_waits_for_it_says_so_and_loses_nothing()
    {
        string key = TestKey.Text;
        _log.With("run.jsonl.2", Lines(0, 10)).With("run.jsonl.1", Lines(10, 10)).With("run.jsonl", Lines(20, 10));
        string later = Convert.ToBase64String(Enumerable.Range(50, 32).Select(static i => (byte)i).ToArray());
        Reform(_log.PathOf("run.jsonl.1"), "encrypted", BackupKey.TryParse(later)!);
        using var shipper = new LogShipper(_log.Path, _target, Quick(_notices.Add)) { IsFollowing = true };
        for (int again = 0; again < 50; again++)
        {
            ShipAll(shipper);
        }

        Assert.Empty(_target.Taken);
        string told = Assert.Single(_notices).Message;
        Assert.Contains("run.jsonl.1.gz: it is encrypted with the key ", told, StringComparison.Ordinal);
        Assert.DoesNotContain(later, told, StringComparison.Ordinal);
        Assert.Equal(0, shipper.Counters.Unreadable + shipper.Counters.LostBytes);
        Environment.SetEnvironmentVariable("FASTTRAINLOG_BACKUP_KEY", $"{key}\n{later}");
        try
        {
            ShipAll(shipper);
            Assert.Equal(Lines(0, 30), _target.Taken);
        }
        finally
        {
            Environment.SetEnvironmentVariable("FASTTRAINLOG_BACKUP_KEY", key);
        }
    }

    [Fact]
    public void A_file_that_was_shipped_before_its_key_went_missing_is_not_waited_for()
    {
        string key = TestKey.Text;
        _log.With("run.jsonl.1", Lines(0, 10)).With("run.jsonl", Lines(10, 10));
        ShipAll(_log.Path, _target);
        Reform(_log.PathOf("run.jsonl.1"), "encrypted", BackupKey.TryParse(Convert.ToBase64String(Enumerable.Range(60, 32).Select(static i => (byte)i).ToArray()))!);
        Append(_log.PathOf("run.jsonl"), Lines(20, 10));
        ShipAll(_log.Path, _target, Quick(_notices.Add));
        Assert.Equal(Lines(0, 30), _target.Taken);
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
    public void No_two_records_have_one_identity_after_a_kill_of_the_process_that_wrote_them_and_of_its_shipper()
    {
        _log.With("run.jsonl", Lines(0, 70));
        ShipAll(_log.Path, _target);
        byte[] stored = File.ReadAllBytes(Cursor);
        Append(_log.PathOf("run.jsonl"), Lines(70, 30));
        ShipAll(_log.Path, _target);

        // Killed before the cursor was stored again; the recovery writes other lines, of the same length, where those were that were sent already. A server that takes an identity once must not take them for repeats.
        File.WriteAllBytes(Cursor, stored);
        _log.With("run.jsonl", [.. Lines(0, 70), .. Lines(70, 5).Select(static line => line.Replace("record", "RECORD", StringComparison.Ordinal)), .. Lines(70, 30).Reverse()]);
        ShipAll(_log.Path, _target);
        Assert.All(_target.Ids.Zip(_target.Taken).GroupBy(static record => record.First), static same => Assert.Single(same.Select(static record => record.Second).Distinct()));
        Assert.Equal(105, _target.Taken.Distinct().Count());
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
