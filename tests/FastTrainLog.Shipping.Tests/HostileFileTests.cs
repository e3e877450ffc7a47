using System.Diagnostics;
using System.Globalization;
using System.Text;
using FastTrainLog.Shipping.Tests.Receivers;
using FastTrainLog.Sinks;
using FastTrainLog.Tests.Shared;
using FastTrainLog.Tool.Tests;
using Xunit;
using static FastTrainLog.Shipping.Tests.ShippedLog;

namespace FastTrainLog.Shipping.Tests;

/// <summary>Files and cursors as crashes, tools and people leave them: nothing holds the rest up, and what is not shipped is counted.</summary>
public sealed class HostileFileTests : IDisposable
{
    private readonly LogDirectory _log = new();
    private readonly ScriptedTarget _target = new();
    private readonly List<ShipNotice> _notices = [];

    public void Dispose() => _log.Dispose();

    [Theory]
    [InlineData("loki")]
    [InlineData("otlp")]
    [InlineData("elastic")]
    [InlineData("splunk")]
    public void Text_that_is_none_and_times_that_are_far_away_reach_every_target(string kind)
    {
        string odd = Line(1).Replace("record 1", "half \\ud800 of a pair \\udc00\\ud800", StringComparison.Ordinal).Replace("\"Number\":1", "\"Number\":1,\"Te\\udfffxt\":\"\\udfff\",\"Deep\":[[\"\\ud800\"]]", StringComparison.Ordinal)
            .Replace("\"main\"", "\"ma\\udfffin\"", StringComparison.Ordinal).Replace("\"Test\"", "\"\\ud800\"", StringComparison.Ordinal);
        string first = Line(2).Replace("2026-11-24", "0001-01-01", StringComparison.Ordinal);
        string last = Line(3).Replace("2026-11-24T06", "9999-12-31T23", StringComparison.Ordinal);
        _log.With("run.jsonl", Line(0), odd, first, last, Line(4));
        var bodies = new List<byte[]>();
        using var receiver = new Receiver(request =>
        {
            bodies.Add(request.Body);
            return kind == "elastic" ? Receiver.Reply(200, $$"""{"items":[{{string.Join(',', Enumerable.Repeat("{\"create\":{\"status\":201}}", 5))}}]}""") : Receiver.Reply(200, kind == "splunk" ? "{}" : "");
        });
        HttpTargetOptions options = Receiver.Options(receiver);
        using IShipTarget target = kind switch
        {
            "loki" => new LokiTarget(options),
            "otlp" => new OtlpTarget(options),
            "elastic" => new ElasticTarget(options),
            _ => new SplunkTarget(options),
        };
        Assert.Equal((5, 0, 0), ShipAll(_log.Path, target, Quick(_notices.Add)) is var counters ? (counters.Sent, counters.Retried, counters.Unreadable) : default);
        Assert.Empty(_notices);
        byte[] body = Assert.Single(bodies);
        if (kind == "loki")
        {
            string text = Encoding.UTF8.GetString(body);
            // The first and the last time that Loki has a number for.
            Assert.Contains($"[\"{long.MinValue}\"", text, StringComparison.Ordinal);
            Assert.Contains($"[\"{long.MaxValue}\"", text, StringComparison.Ordinal);
        }
        else if (kind == "otlp")
        {
            Assert.True(body.AsSpan().IndexOf((byte[])[0x09, .. BitConverter.GetBytes(ulong.MaxValue)]) >= 0);
            Assert.True(body.AsSpan().IndexOf((byte[])[0x09, .. BitConverter.GetBytes(0UL)]) >= 0);
        }
    }

    [Fact]
    public void Lines_of_other_editors_and_broken_bytes_hold_nothing_up()
    {
        byte[] mark = [0xEF, 0xBB, 0xBF];
        byte[] half = Encoding.UTF8.GetBytes(Line(90).Replace("record", "säure", StringComparison.Ordinal));
        half[Array.IndexOf(half, (byte)0xC3) + 1] = (byte)'"';
        _log.With("run.jsonl", (byte[])[
            .. mark, .. Bytes([Line(0) + "\r"]), .. Bytes([Line(1) + "\r", "", "\r", "   "]), .. mark, .. Bytes([Line(2)]), .. new byte[5000], .. "\n"u8, .. half, .. "\n"u8,
            .. Bytes([Line(3)]), .. new byte[100], .. Bytes([Line(4), "{}", "[]", "null", "\"x\"", "{\"timestamp\":\"yesterday\"}", new string('[', 100_000), Line(5)]),
        ]);
        ShipCounters counters = ShipAll(_log.Path, _target, Quick(_notices.Add));
        Assert.Equal(Lines(0, 6), _target.Taken.Select(static line => line.TrimEnd('\r')));
        Assert.Equal(9, counters.Unreadable);
        Append(_log.PathOf("run.jsonl"), [Line(6)]);
        Assert.Equal(9, ShipAll(_log.Path, _target).Unreadable);
        Assert.Equal(7, _target.Taken.Count);
    }

    [Fact]
    public void A_line_of_a_hundred_megabytes_is_counted_in_little_memory()
    {
        using (FileStream file = File.Create(_log.PathOf("run.jsonl")))
        {
            file.Write(Bytes([Line(0)]));
            byte[] piece = Encoding.ASCII.GetBytes(new string('x', 1_000_000));
            file.Write(Bytes([Line(1)]).AsSpan(0, 300 > Line(1).Length ? Line(1).Length - 10 : 300));
            for (int i = 0; i < 100; i++)
            {
                file.Write(piece);
            }

            file.Write(Bytes(["", Line(2)]));
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(1, ShipAll(_log.Path, _target).Unreadable);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000_000);
        Assert.Equal([Line(0), Line(2)], _target.Taken);
    }

    [Fact]
    public void What_is_no_file_or_no_whole_one_holds_nothing_up()
    {
        using var elsewhere = new LogDirectory();
        elsewhere.With("other.jsonl", Lines(9000, 3));
        Directory.CreateDirectory(_log.PathOf("run.jsonl.9"));
        File.CreateSymbolicLink(_log.PathOf("run.jsonl.8"), _log.PathOf("missing"));
        File.CreateSymbolicLink(_log.PathOf("run.jsonl.7"), elsewhere.PathOf("other.jsonl"));
        File.CreateSymbolicLink(_log.PathOf("run.jsonl.6"), _log.PathOf("run.jsonl.6"));
        bool hasPipe = OperatingSystem.IsLinux();
        if (hasPipe)
        {
            using Process made = Process.Start("mkfifo", [_log.PathOf("run.jsonl.5")]);
            made.WaitForExit();
        }

        _log.With("run.jsonl.4", Lines(10, 3000)).With("run.jsonl.3", Array.Empty<byte>()).With("run.jsonl.2.gz", Encoding.ASCII.GetBytes("no gzip")).With("run.jsonl", Lines(5000, 2));
        Compress(_log.PathOf("run.jsonl.4"));
        byte[] whole = File.ReadAllBytes(_log.PathOf("run.jsonl.4.gz"));
        _log.With("run.jsonl.4.gz", whole[..(whole.Length / 2)]);

        ShipCounters counters = Within(() => ShipAll(_log.Path, _target, Quick(_notices.Add)));
        Assert.Equal(Lines(5000, 2), _target.Taken[^2..]);
        Assert.Contains(Line(10), _target.Taken);
        Assert.Equal(_target.Taken.Distinct(), _target.Taken);
        Assert.True(counters.Unreadable >= 2, $"{counters.Unreadable}");
        long unreadable = counters.Unreadable;
        Append(_log.PathOf("run.jsonl"), [Line(5002)]);
        counters = Within(() => ShipAll(_log.Path, _target));
        Assert.Equal(Line(5002), _target.Taken[^1]);
        Assert.Equal(_target.Taken.Distinct(), _target.Taken);
        Assert.Equal(unreadable, counters.Unreadable);
    }

    [Fact]
    public void A_file_that_is_truncated_or_replaced_while_it_is_read_is_shipped_as_it_is_then()
    {
        _log.With("run.jsonl", Lines(0, 100));
        using var shipper = new LogShipper(_log.Path, _target, Quick(_notices.Add));
        ShipAll(shipper);
        _log.With("run.jsonl", Array.Empty<byte>());
        ShipAll(shipper);
        _log.With("run.jsonl", Lines(1000, 5));
        ShipAll(shipper);
        // The same name and the same first line, and then other ones.
        _log.With("new", [Line(1000), .. Lines(2000, 5)]);
        File.Move(_log.PathOf("new"), _log.PathOf("run.jsonl"), overwrite: true);
        ShipAll(shipper);
        Assert.Equal([.. Lines(0, 100), .. Lines(1000, 5), .. Lines(2000, 5)], _target.Taken);
    }

    [Fact]
    public void A_cursor_of_another_log_ships_this_one()
    {
        using var other = new LogDirectory();
        other.With("run.jsonl", Lines(500, 100));
        ShipAll(other.Path, new ScriptedTarget());
        File.Copy(other.PathOf(".fasttrainlog.ship.scripted.cursor"), _log.PathOf(".fasttrainlog.ship.scripted.cursor"));
        _log.With("run.jsonl", Lines(0, 10));
        ShipAll(_log.Path, _target, Quick(_notices.Add));
        Assert.Equal(Lines(0, 10), _target.Taken);
    }

    [Fact]
    public void A_cursor_that_is_no_file_is_told_and_not_replaced()
    {
        _log.With("run.jsonl", Lines(0, 10));
        Directory.CreateDirectory(_log.PathOf(".fasttrainlog.ship.scripted.cursor"));
        Assert.Contains(".fasttrainlog.ship.scripted.cursor", Assert.Throws<UnauthorizedAccessException>(() => ShipAll(_log.Path, _target)).Message, StringComparison.Ordinal);
        Assert.True(Directory.Exists(_log.PathOf(".fasttrainlog.ship.scripted.cursor")));
        (int code, _, string error) = ToolRun.Of("ship", _log.Path, "--status");
        Assert.True(code is 0 or 1, error);
    }

    [Fact]
    public void A_directory_that_may_only_be_read_is_told_and_is_shipped_with_its_cursor_elsewhere()
    {
        string place = _log.PathOf("disk");
        using SmallDisk? disk = SmallDisk.Mount(place);
        Assert.SkipWhen(disk is null, "only root may mount a file system, on Linux");
        Directory.CreateDirectory(Path.Combine(place, "logs"));
        File.WriteAllBytes(Path.Combine(place, "logs", "run.jsonl"), Bytes(Lines(0, 10)));
        using (Process mount = Process.Start("mount", ["-o", "remount,ro", place]))
        {
            mount.WaitForExit();
        }

        (int code, string output, string error) = ToolRun.Of("ship", Path.Combine(place, "logs"), "--to", $"dir={_log.PathOf("copy")}", "--once");
        Assert.Equal(1, code);
        Assert.Contains("Read-only", output + error, StringComparison.OrdinalIgnoreCase);
        (code, output, error) = ToolRun.Of("ship", Path.Combine(place, "logs"), "--to", $"dir={_log.PathOf("copy")}", "--once", "--state", _log.PathOf("state"));
        Assert.True(code == 0, output + error);
        Assert.Equal(Lines(0, 10), File.ReadLines(_log.PathOf("copy/run.jsonl")));
    }

    [Fact]
    public void Eight_ranks_in_one_directory_are_shipped_each_in_order_and_once()
    {
        for (int rank = 1; rank <= 8; rank++)
        {
            _log.With(rank == 1 ? "run.jsonl" : $"run.{rank}.jsonl", [.. Enumerable.Range(0, 500).Select(i => Line((i * 8) + rank))]);
        }

        var small = new ScriptedTarget { Limits = new BatchLimits(Records: 77) };
        ShipAll(_log.Path, small);
        for (int rank = 8; rank >= 1; rank--)
        {
            string name = rank == 1 ? "run.jsonl" : $"run.{rank}.jsonl";
            File.Move(_log.PathOf(name), _log.PathOf(name + ".1"));
            Compress(_log.PathOf(name + ".1"));
            _log.With(name, [.. Enumerable.Range(500, 500).Select(i => Line((i * 8) + rank))]);
        }

        ShipAll(_log.Path, small);
        Assert.Equal(8000, small.Taken.Count);
        Assert.Equal([.. Enumerable.Range(0, 1000).SelectMany(static i => Enumerable.Range(1, 8).Select(rank => Line((i * 8) + rank)))], small.Taken);
    }

    [Fact]
    public void A_clock_that_jumped_ahead_does_not_say_that_later_files_were_read()
    {
        // One record from next year; then the clock was put right.
        string ahead = Line(1).Replace("2026-11-24", "2199-11-24", StringComparison.Ordinal);
        _log.With("run.jsonl", Line(0), ahead);
        ShipAll(_log.Path, _target);
        Append(_log.PathOf("run.jsonl"), Lines(2, 10));
        File.Move(_log.PathOf("run.jsonl"), _log.PathOf("run.jsonl.1"));
        var file = new RotatedFile(_log.PathOf("run.jsonl.1"), _log.PathOf("run.jsonl"), 1, 1, DateTime.UtcNow, 100);
        Assert.True(Assert.Single(LogReaderMark.Find(_log.Path, DateTime.UtcNow)).IsBehind(file));

        // And it is read once it was.
        ShipAll(_log.Path, _target);
        File.SetLastWriteTimeUtc(_log.PathOf("run.jsonl.1"), new DateTime(2026, 11, 24, 6, 0, 0, DateTimeKind.Utc).AddMilliseconds(11));
        Assert.False(Assert.Single(LogReaderMark.Find(_log.Path, DateTime.UtcNow)).IsBehind(file with { Written = File.GetLastWriteTimeUtc(_log.PathOf("run.jsonl.1")) }));
    }

    // Not a limit of time that is asserted: without an end the test would hang.
    private static ShipCounters Within(Func<ShipCounters> ship)
    {
        Task<ShipCounters> shipping = Task.Run(ship);
        Assert.True(shipping.Wait(TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken), "it did not end");
        return shipping.Result;
    }
}
