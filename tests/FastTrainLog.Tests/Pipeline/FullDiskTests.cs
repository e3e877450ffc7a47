using System.Text.Json;
using System.Text.RegularExpressions;
using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Tests.Pipeline;

/// <summary>Logs on a file system that is full for a while.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly SmallDisk? _disk;

    public FullDiskTests()
    {
        _disk = SmallDisk.Mount(_directory["disk"]);
        Assert.SkipWhen(_disk is null, "only root may mount a file system, on Linux");
    }

    public void Dispose()
    {
        _disk?.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void What_is_logged_while_the_disk_is_full_is_in_the_files_once_there_is_space_and_Flush_says_when()
    {
        const int Records = 3000;
        using TrainLogging logging = Create();
        TrainLogger logger = logging.GetLogger(LogCategories.Main);
        for (int i = 0; i < Records; i++)
        {
            TestLog.Number(logger, i);
        }

        Assert.False(logging.Flush(TimeSpan.FromMinutes(1)));
        _disk!.MakeRoom();
        Assert.True(Eventually.Is(() => logging.Flush(TimeSpan.FromMinutes(1)), TimeSpan.FromMinutes(1)));
        AssertHolds(Records);
        Assert.Equal(0, logging.DroppedRecords);
        // Told in the log, which could be written again.
        Assert.True(Eventually.Is(() => logging.Flush() && File.ReadAllText(_directory["disk/logs/system.log"]).Contains("is written again", StringComparison.Ordinal), TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void A_log_that_ends_while_the_disk_is_full_leaves_the_rest_to_the_next_start()
    {
        const int Records = 3000;
        using (TrainLogging logging = Create())
        {
            TrainLogger logger = logging.GetLogger(LogCategories.Main);
            for (int i = 0; i < Records; i++)
            {
                TestLog.Number(logger, i);
            }
        }

        _disk!.MakeRoom();
        using (TrainLogging next = Create())
        {
            Assert.InRange(Assert.Single(next.RecoveredJournals).Records, 1, Records + 10);
        }

        AssertHolds(Records);
    }

    [Fact]
    public void A_log_starts_on_a_full_disk_where_the_last_line_of_a_file_was_cut_short()
    {
        Directory.CreateDirectory(_directory["disk/logs"]);
        File.WriteAllText(_directory["disk/logs/main.log"], new string('x', 4096));
        _disk!.Fill();
        using (TrainLogging logging = Create())
        {
            TestLog.Number(logging.GetLogger(LogCategories.Main), 1);
            Assert.False(logging.Flush(TimeSpan.FromMinutes(1)));
            _disk.MakeRoom();
            Assert.True(Eventually.Is(() => logging.Flush(TimeSpan.FromMinutes(1)), TimeSpan.FromMinutes(1)));
        }

        Assert.Collection(
            File.ReadAllLines(_directory["disk/logs/main.log"]),
            static line => Assert.Equal(new string('x', 4096), line),
            static line => Assert.EndsWith("number 1", line));
    }

    [Fact]
    public void A_line_that_another_program_adds_while_the_disk_is_full_stays()
    {
        const int Records = 3000;
        using (TrainLogging logging = Create())
        {
            TrainLogger logger = logging.GetLogger(LogCategories.Main);
            for (int i = 0; i < Records; i++)
            {
                TestLog.Number(logger, i);
            }

            Assert.False(logging.Flush(TimeSpan.FromMinutes(1)));
            // What is left of the last block has room for it.
            File.AppendAllText(_directory["disk/logs/main.log"], "another\n");
            Assert.False(logging.Flush(TimeSpan.FromMinutes(1)));
            _disk!.MakeRoom();
            Assert.True(Eventually.Is(() => logging.Flush(TimeSpan.FromMinutes(1)), TimeSpan.FromMinutes(1)));
        }

        Assert.Single(File.ReadAllLines(_directory["disk/logs/main.log"]), "another");
        AssertHolds(Records);
    }

    [Fact]
    public void What_is_logged_while_no_inode_is_left_for_the_next_file_is_in_the_files_once_there_are_some()
    {
        const int Records = 3000;
        _disk!.MakeRoom();
        using (TrainLogging logging = Create(o => (o.MaxFileSize, o.BackupCount, o.CompressBackups) = (64 * 1024, 1000, false)))
        {
            _disk.TakeInodes();
            TrainLogger logger = logging.GetLogger(LogCategories.Main);
            for (int i = 0; i < Records; i++)
            {
                TestLog.Number(logger, i);
            }

            Assert.False(logging.Flush(TimeSpan.FromMinutes(1)));
            _disk.GiveInodes();
            Assert.True(Eventually.Is(() => logging.Flush(TimeSpan.FromMinutes(1)), TimeSpan.FromMinutes(1)));
            Assert.Equal(0, logging.DroppedRecords);
        }

        AssertHolds(Records);
    }

    [Fact]
    public void A_start_for_whose_first_files_no_inode_is_left_says_so()
    {
        _disk!.MakeRoom();
        Directory.CreateDirectory(_directory["disk/logs"]);
        _disk.TakeInodes();
        Assert.Contains("No space left on device", Assert.Throws<IOException>(() => Create()).Message, StringComparison.Ordinal);
        _disk.GiveInodes();
        Create().Dispose();
    }

    [Fact]
    public void A_record_of_several_pages_is_recovered_whole_and_what_stands_behind_it_too()
    {
        string text = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"PAGE{i:00000}"));
        using (TrainLogging logging = Create())
        {
            TrainLogger logger = logging.GetLogger(LogCategories.Main);
            TestLog.Number(logger, 0);
            TestLog.Text(logger, text, 1.5);
            TestLog.Number(logger, 1);
        }

        _disk!.MakeRoom();
        using (TrainLogging next = Create())
        {
            Assert.Empty(Assert.Single(next.RecoveredJournals).Problems);
        }

        AssertHolds(2);
        JsonElement large = Files("run.jsonl").SelectMany(File.ReadLines).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("properties")).Single(properties => properties.TryGetProperty("Text", out _));
        Assert.Equal(text, large.GetProperty("Text").GetString());
        Assert.Equal(1.5, large.GetProperty("After").GetDouble());
    }

    [Fact]
    public void What_the_pages_do_not_hold_is_dropped_by_the_policy_counted_and_told_exactly()
    {
        const int Records = 400_000;
        using (TrainLogging logging = Create(o => (o.BufferBytes, o.FullPolicy, o.EnableJsonLogging) = (1024 * 1024, FullPolicy.DropNewest, false)))
        {
            TrainLogger logger = logging.GetLogger(LogCategories.Main);
            for (int i = 0; i < Records; i++)
            {
                TestLog.Number(logger, i);
            }

            Assert.InRange(logging.DroppedRecords, 1, Records - 1);
            long dropped = logging.DroppedRecords;
            // What was logged takes more room than the file system had.
            _disk!.MakeRoom();
            Assert.True(Eventually.Is(() => logging.Flush(TimeSpan.FromMinutes(1)), TimeSpan.FromMinutes(1)));
            // Pages that are short refuse what the log's own threads have to say too: that is counted and told by its category.
            long lost = Records - File.ReadLines(_directory["disk/logs/main.log"]).Count();
            Assert.InRange(lost, 1, dropped);
            Assert.True(Eventually.Is(() => logging.Flush() && Told("main") == lost && Told(@"\S+") == logging.DroppedRecords, TimeSpan.FromMinutes(1)));
        }

        long Told(string category) => File.ReadLines(_directory["disk/logs/system.log"]).Select(line => Regex.Match(line, $@"(\d+) records of {category} at .* were dropped")).Where(match => match.Success)
            .Sum(match => long.Parse(match.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Nothing_is_lost_on_a_disk_that_is_full_again_and_again_while_files_rotate()
    {
        const int Rounds = 8;
        const int Each = 2000;
        _disk!.MakeRoom();
        using (TrainLogging logging = Create(o => (o.MaxFileSize, o.BackupCount, o.CompressBackups) = (64 * 1024, 1000, false)))
        {
            TrainLogger logger = logging.GetLogger(LogCategories.Main);
            for (int round = 0; round < Rounds; round++)
            {
                _disk.Fill();
                for (int i = 0; i < Each; i++)
                {
                    TestLog.Number(logger, (round * Each) + i);
                }

                Assert.False(logging.Flush(TimeSpan.FromMinutes(1)));
                _disk.MakeRoom();
                Assert.True(Eventually.Is(() => logging.Flush(TimeSpan.FromMinutes(1)), TimeSpan.FromMinutes(1)));
            }

            Assert.Equal(0, logging.DroppedRecords);
        }

        AssertHolds(Rounds * Each);
    }

    private TrainLogging Create(Action<TrainLogOptions>? configure = null) => TrainLogging.Create(o =>
    {
        (o.LogDirectory, o.EnableConsoleLogging, o.ResourceInterval) = (_directory["disk/logs"], false, TimeSpan.Zero);
        configure?.Invoke(o);
    });

    private void AssertHolds(int records)
    {
        string[] texts = Files("main.log");
        Assert.Equal(
            Enumerable.Range(0, records).Select(i => $"number {i}"),
            texts.SelectMany(File.ReadLines).Where(line => line.Contains("number ", StringComparison.Ordinal)).Select(line => line[line.IndexOf("number ", StringComparison.Ordinal)..]));
        Assert.Equal(
            Enumerable.Range(0, records),
            Files("run.jsonl").SelectMany(File.ReadLines).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("properties"))
                .Where(properties => properties.TryGetProperty("Number", out _)).Select(properties => properties.GetProperty("Number").GetInt32()));
    }

    private string[] Files(string name) =>
        [.. Directory.GetFiles(_directory["disk/logs"], name + "*").OrderByDescending(path => path.EndsWith(name, StringComparison.Ordinal) ? 0 : int.Parse(Path.GetExtension(path)[1..], System.Globalization.CultureInfo.InvariantCulture))];
}
