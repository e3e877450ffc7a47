using System.Globalization;
using System.Text.RegularExpressions;
using FastTrainLog.Reading;
using FastTrainLog.Tests.Shared;
using FastTrainLog.Tool.Tests;
using FastTrainLog.Training;
using Xunit;
using static FastTrainLog.Shipping.Tests.ShippedLog;

namespace FastTrainLog.Shipping.Tests;

/// <summary>Copies of logs, compared byte by byte.</summary>
public sealed partial class DirectoryTargetTests : IDisposable
{
    private readonly LogDirectory _log = new();
    private readonly LogDirectory _copy = new();

    public void Dispose()
    {
        _log.Dispose();
        _copy.Dispose();
    }

    [Fact]
    public void A_copy_has_the_lines_of_each_log_as_they_are()
    {
        _log.With("run.jsonl.2", Lines(0, 10)).With("run.jsonl.1", Lines(10, 10)).With("run.jsonl", Lines(20, 10)).With("run.2.jsonl", Lines(5, 20));
        using var target = new DirectoryTarget(_copy.Path);
        ShipAll(_log.Path, target);

        Assert.Equal(Bytes(Lines(0, 30)), File.ReadAllBytes(_copy.PathOf("run.jsonl")));
        Assert.Equal(Bytes(Lines(5, 20)), File.ReadAllBytes(_copy.PathOf("run.2.jsonl")));
    }

    [Fact]
    public void A_cursor_that_is_behind_the_copy_repeats_nothing()
    {
        _log.With("run.jsonl.1", Lines(0, 100)).With("run.jsonl", Lines(100, 100));
        using (var target = new DirectoryTarget(_copy.Path))
        {
            ShipAll(_log.Path, target);
        }

        // As after a kill before the cursor was stored, of which nothing at all is left.
        File.Delete(_log.PathOf(".fasttrainlog.ship.dir.cursor"));
        Append(_log.PathOf("run.jsonl"), Lines(200, 5));
        // And in the middle of a line.
        File.AppendAllText(_copy.PathOf("run.jsonl"), Line(200)[..30]);
        using (var target = new DirectoryTarget(_copy.Path))
        {
            ShipAll(_log.Path, target);
        }

        Assert.Equal(Bytes(Lines(0, 205)), File.ReadAllBytes(_copy.PathOf("run.jsonl")));
    }

    [Fact]
    public void Lines_that_a_recovery_moves_to_another_file_are_not_repeated_by_a_shipper_that_was_killed_before_it_stored_its_cursor()
    {
        _log.With("run.jsonl", Lines(0, 100));
        byte[] cursor;
        using (var target = new DirectoryTarget(_copy.Path))
        {
            ShipAll(_log.Path, target);
            cursor = File.ReadAllBytes(_log.PathOf(".fasttrainlog.ship.dir.cursor"));
            _log.With("run.jsonl.1", Lines(0, 150)).With("run.jsonl", Lines(150, 50));
            ShipAll(_log.Path, target);
        }

        File.WriteAllBytes(_log.PathOf(".fasttrainlog.ship.dir.cursor"), cursor);
        // The recovery deletes the newer file and continues the older one from its checkpoint on, in another order.
        File.Delete(_log.PathOf("run.jsonl.1"));
        _log.With("run.jsonl", [.. Lines(0, 120), .. Lines(160, 40), .. Lines(120, 40), Line(200)]);
        using (var target = new DirectoryTarget(_copy.Path))
        {
            Assert.Equal(201, ShipAll(_log.Path, target).Sent);
        }

        Assert.Equal(Bytes(Lines(0, 201)), File.ReadAllBytes(_copy.PathOf("run.jsonl")));
    }

    [Fact]
    public void A_directory_with_a_log_of_its_own_is_not_overwritten()
    {
        _log.With("run.jsonl", Lines(0, 10));
        _copy.With("run.jsonl", Lines(500, 1));
        var notices = new List<ShipNotice>();
        using var target = new DirectoryTarget(_copy.Path);
        using var shipper = new LogShipper(_log.Path, target, Quick(notices.Add));
        shipper.Start();
        Assert.True(Eventually.Is(() => shipper.GetStatus().Problem is not null, TimeSpan.FromMinutes(1)));
        shipper.Dispose();
        Assert.Contains("has a log of its own, which is not overwritten; give an empty directory", Assert.Single(notices).Message, StringComparison.Ordinal);
        Assert.Equal(Bytes(Lines(500, 1)), File.ReadAllBytes(_copy.PathOf("run.jsonl")));
    }

    [Theory]
    [InlineData("dir")]
    [InlineData("tensorboard")]
    public void Nothing_is_written_into_the_log_directory_itself(string kind)
    {
        _log.With("run.jsonl", Lines(0, 10));
        string[] Files() => [.. Directory.GetFileSystemEntries(_log.Path).Where(static path => !Path.GetFileName(path).StartsWith(".fasttrainlog.ship.", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        string[] before = Files();
        var notices = new List<ShipNotice>();
        // With a separator at its end, as a shell completes it.
        string address = _log.Path + Path.DirectorySeparatorChar;
        using IShipTarget target = kind == "dir" ? new DirectoryTarget(address) : new TensorBoardTarget(address);
        using var shipper = new LogShipper(_log.Path, target, Quick(notices.Add));
        shipper.Start();
        Assert.True(Eventually.Is(() => shipper.GetStatus().Problem is not null, TimeSpan.FromMinutes(1)));
        shipper.Dispose();
        Assert.Contains($"{_log.Path} is the log directory itself; give another one", Assert.Single(notices).Message, StringComparison.Ordinal);
        Assert.Equal(before, Files());
        Assert.Equal(Bytes(Lines(0, 10)), File.ReadAllBytes(_log.PathOf("run.jsonl")));
    }

    [Fact]
    public void A_log_ships_itself_to_its_last_record()
    {
        string directory = _log.PathOf("logs");
        using (TrainLogging logging = TrainLogging.Create(options =>
        {
            options.LogDirectory = directory;
            options.EnableConsoleLogging = false;
            options.MaxFileSize = 20_000;
            options.ShutdownTimeout = TimeSpan.FromMinutes(1);
        }))
        {
            logging.ShipTo(new DirectoryTarget(_copy.Path), Quick());
            using TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "net", TotalSteps = 2000 });
            for (int step = 1; step <= 2000; step++)
            {
                run.LogStep(epoch: 1, step, 1.0 / step, learningRate: 0.01);
            }
        }

        Assert.True(LogFile.Find(directory).Count > 3);
        Assert.Equal(LinesOf(directory), File.ReadAllLines(_copy.PathOf("run.jsonl")));
    }

    [Fact]
    public void A_log_tells_that_it_cannot_be_shipped()
    {
        string directory = _log.PathOf("logs");
        _copy.With("run.jsonl", Lines(500, 1));
        using TrainLogging logging = TrainLogging.Create(options =>
        {
            options.LogDirectory = directory;
            options.EnableConsoleLogging = false;
            options.ShutdownTimeout = TimeSpan.FromSeconds(1);
        });
        logging.ShipTo(new DirectoryTarget(_copy.Path), Quick());
        const string Told = "\"level\":\"WARNING\",\"logger\":\"system\"";
        string[] told = [];
        Assert.True(Eventually.Is(() => (told = [.. LinesOf(directory).Where(static line => line.Contains("ShipUnavailable", StringComparison.Ordinal))]).Length > 0, TimeSpan.FromMinutes(2)));
        Assert.Contains(Told, told[0], StringComparison.Ordinal);
        Assert.Contains("\"event_id\":9060,", told[0], StringComparison.Ordinal);
        Assert.Contains("has a log of its own", told[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Processes_that_log_and_that_ship_are_killed_at_random_and_the_copy_has_each_line_once_and_in_order()
    {
        int kills = Campaign.Of(3, 5, 40);
        var random = new Random(20261130);
        ToolProcess? shipper = null;
        for (int round = 0; round < kills; round++)
        {
            shipper ??= ToolProcess.Start("ship", _log.Path, "--to", $"dir={_copy.Path}");
            using (CrashedRun run = CrashedRun.Start(_log.Path, "forever"))
            {
                run.KillAfter(random.Next(200, 20_000));
            }

            // Of this round alone.
            File.Delete(_log.PathOf(".progress"));
            if (random.Next(3) > 0)
            {
                Thread.Sleep(random.Next(0, 700));
                shipper.Kill();
                shipper.Dispose();
                shipper = null;
            }
        }

        shipper?.Dispose();
        using (CrashedRun last = CrashedRun.Start(_log.Path, "return", 100))
        {
            Assert.True(last.Process.WaitForExit(TimeSpan.FromMinutes(2)));
        }

        ToolRun.Of("recover", _log.Path);
        (int code, string output, string error) = ToolRun.Of("ship", _log.Path, "--to", $"dir={_copy.Path}", "--once");
        Assert.True(code == 0, output + error);
        string[] expected = LinesOf(_log.Path);
        string[] copied = File.ReadAllLines(_copy.PathOf("run.jsonl"));
        Assert.Equal(expected.Order(StringComparer.Ordinal), copied.Order(StringComparer.Ordinal));
        // In the order in which the thread of each process logged them.
        Assert.All(copied.Select(static line => Number().Match(line)).Where(static match => match.Success).GroupBy(static match => match.Groups["span"].Value), static process =>
        {
            long[] numbers = [.. process.Select(static match => long.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture))];
            Assert.Equal(Enumerable.Range(0, numbers.Length).Select(static number => (long)number), numbers);
        });
        Assert.DoesNotContain("lost", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_root_that_is_watched_logs_that_come_later_are_copied_to_places_of_their_own()
    {
        Directory.CreateDirectory(_log.PathOf("a/rank0"));
        _log.With("a/rank0/run.jsonl", Lines(0, 10));
        using ToolProcess shipper = ToolProcess.Start("ship", "--watch", _log.Path, "--to", $"dir={_copy.Path}");
        Assert.True(Eventually.Is(() => File.Exists(_copy.PathOf("a/rank0/run.jsonl")), TimeSpan.FromMinutes(1)), shipper.Error);
        Directory.CreateDirectory(_log.PathOf("b"));
        _log.With("b/run.jsonl", Lines(10, 10));
        Assert.True(Eventually.Is(() => File.Exists(_copy.PathOf("b/run.jsonl")) && new FileInfo(_copy.PathOf("b/run.jsonl")).Length == Bytes(Lines(10, 10)).Length, TimeSpan.FromMinutes(1)), shipper.Error);
        Assert.Equal(Bytes(Lines(0, 10)), File.ReadAllBytes(_copy.PathOf("a/rank0/run.jsonl")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("copies")]
    public void Copies_below_the_root_that_is_watched_are_refused_because_they_would_be_copied_themselves(string below)
    {
        _log.With("run.jsonl", Lines(0, 10));
        (int code, _, string error) = ToolRun.Of("ship", "--watch", _log.Path + "/", "--to", $"dir={_log.PathOf(below)}", "--once");
        Assert.Equal(1, code);
        Assert.Contains("would be copied again and again. Give a directory elsewhere to --to dir.", error, StringComparison.Ordinal);
        Assert.Equal(["run.jsonl"], Directory.GetFileSystemEntries(_log.Path).Select(Path.GetFileName));
    }

    private static string[] LinesOf(string directory)
    {
        using var reader = new LogReader(directory);
        var lines = new List<string>();
        while (reader.Read())
        {
            lines.Add(System.Text.Encoding.UTF8.GetString(reader.Current.Utf8Json));
        }

        return [.. lines];
    }

    [GeneratedRegex("\"span_id\":\"(?<span>[0-9a-f]+)\".*\"message\":\"session [0-9]+ thread [0-9]+ number (?<number>[0-9]+) ")]
    private static partial Regex Number();
}
