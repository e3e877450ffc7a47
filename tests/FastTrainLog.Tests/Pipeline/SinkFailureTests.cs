using System.Diagnostics;
using FastTrainLog.Sinks;
using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Tests.Pipeline;

public sealed class SinkFailureTests
{
    [Fact]
    public void A_sink_that_throws_neither_stops_the_others_nor_reaches_the_log_call()
    {
        var good = new CollectingSink();
        var bad = new CollectingSink { Fails = () => true };
        using (TrainLogging logging = TestLog.Create(good, o => o.AddSink(bad, name: "bad")))
        {
            TrainLogger logger = logging.GetLogger("test");
            for (int i = 0; i < 1000; i++)
            {
                TestLog.Number(logger, i);
            }
        }

        Assert.Equal(1000, good.Items.Count(item => item.Category == "test"));
        CollectingSink.Item report = Assert.Single(good.Items, item => item.Message.Contains("Sink bad failed", StringComparison.Ordinal));
        Assert.Contains("\"Lost\":1000", report.Json, StringComparison.Ordinal);
        Assert.Contains("the sink is told to fail", report.Json, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sink_that_recovers_gets_records_again()
    {
        bool failing = true;
        var good = new CollectingSink();
        var bad = new CollectingSink { Fails = () => failing };
        using TrainLogging logging = TestLog.Create(good, o => o.AddSink(bad, name: "bad"));
        TrainLogger logger = logging.GetLogger("test");
        TestLog.Number(logger, 1);
        Assert.True(logging.Flush());
        failing = false;
        Assert.True(Eventually.Is(
            () =>
            {
                TestLog.Number(logger, 2);
                Assert.True(logging.Flush());
                return bad.Items.Any(item => item.Number == 2);
            },
            TimeSpan.FromSeconds(10)));
        Assert.DoesNotContain(bad.Items, item => item.Number == 1);
    }

    [Fact]
    public void A_sink_that_hangs_for_ever_holds_up_neither_the_files_nor_the_end()
    {
        using var directory = new TemporaryDirectory();
        var hanging = new CollectingSink();
        hanging.Gate.Reset();
        const int Records = 60_000;
        using var counts = new MeterReading("hanging");
        TrainLogging logging = TrainLogging.Create(o =>
        {
            (o.LogDirectory, o.EnableConsoleLogging, o.MaxFileSize) = (directory.Path, false, 0);
            o.AddSink(hanging, name: "hanging");
            o.ShutdownTimeout = TimeSpan.FromMinutes(1);
        });
        TrainLogger logger = logging.GetLogger(LogCategories.Main);
        for (int i = 0; i < Records; i++)
        {
            TestLog.Number(logger, i);
        }

        // More than the queue holds, so the backend waited for it once; from then on the sink is known to hang, and waited for no more.
        Assert.True(Eventually.Is(() => logging.WrittenRecords >= Records, TimeSpan.FromMinutes(1)));
        Assert.True(logging.Flush(TimeSpan.FromMinutes(1)));
        long lost = counts.Read("fasttrainlog.sink.lost").Single(m => (string?)m.Tags["sink"] == "hanging").Value;
        var watch = Stopwatch.StartNew();
        logging.Dispose();
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
        string[] lines = File.ReadAllLines(directory["main.log"]);
        Assert.Equal(Records, lines.Length);
        Assert.EndsWith($"number {Records - 1}", lines[^1], StringComparison.Ordinal);
        Assert.Contains("Sink hanging hangs", File.ReadAllText(directory["system.log"]), StringComparison.Ordinal);
        Assert.InRange(lost, 1, Records);
        Assert.Equal(0, logging.DroppedRecords);
        hanging.Gate.Set();
    }

    [Fact]
    public void A_sink_that_hung_and_goes_on_gets_records_again_and_its_losses_are_told()
    {
        var good = new CollectingSink();
        var hanging = new CollectingSink();
        using TrainLogging logging = TestLog.Create(good, o => o.AddSink(hanging, name: "hanging"));
        TrainLogger logger = logging.GetLogger("test");
        hanging.Gate.Reset();
        TestLog.Number(logger, 1);
        Assert.True(Eventually.Is(() => Reported("Sink hanging hangs"), TimeSpan.FromMinutes(1)));
        hanging.Gate.Set();
        Assert.True(Eventually.Is(() => Reported("Sink hanging hung and continues; 0 records"), TimeSpan.FromMinutes(1)));
        TestLog.Number(logger, 2);
        Assert.True(logging.Flush(TimeSpan.FromMinutes(1)));
        Assert.Equal([1, 2], hanging.Items.Where(item => item.Category == "test").Select(item => item.Number));

        bool Reported(string text)
        {
            // Whether it is in time does not matter: the sink that hangs is waited for until it is known to.
            logging.Flush();
            return good.Items.Any(item => item.Message.StartsWith(text, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_filter_that_throws_is_its_sinks_failure_alone()
    {
        var good = new CollectingSink();
        var bad = new CollectingSink();
        using (TrainLogging logging = TestLog.Create(good, o => o.AddSink(bad, static (in LogRecord _) => throw new InvalidOperationException("a filter"), name: "bad")))
        {
            TestLog.Number(logging.GetLogger("test"), 1);
        }

        Assert.Empty(bad.Items);
        Assert.Contains(good.Items, item => item.Json.Contains("a filter", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_without_space_keeps_the_others_from_nothing_and_has_all_when_there_is_space(bool device)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/dev/full and tmpfs are Linux's");
        using var directory = new TemporaryDirectory();
        using SmallDisk? small = device ? null : SmallDisk.Mount(Path.Combine(directory.Path, "small"));
        Assert.SkipWhen(!device && small is null, "only root may mount a file system");
        var good = new CollectingSink();
        string path = device ? "/dev/full" : Path.Combine(directory.Path, "small", "full.log");
        using (TrainLogging logging = TestLog.Create(good, o =>
        {
            o.EnableJournal = false;
            o.AddSink(new RollingFileSink(path, json: false, maxSize: 0, backups: 0), name: "full");
        }))
        {
            TrainLogger logger = logging.GetLogger("test");
            for (int i = 0; i < 60_000; i++)
            {
                TestLog.Number(logger, i);
            }

            Assert.False(logging.Flush(TimeSpan.FromMinutes(1)));
            Assert.Equal(60_000, good.Items.Count(item => item.Category == "test"));
            Assert.True(Eventually.Is(
                () => !logging.Flush() && good.Items.Any(item => item.Message.StartsWith("Sink full failed; 0 records", StringComparison.Ordinal)),
                TimeSpan.FromMinutes(1)));
            if (small is not null)
            {
                small.MakeRoom();
                Assert.True(Eventually.Is(() => logging.Flush(), TimeSpan.FromMinutes(1)));
                Assert.Equal(
                    Enumerable.Range(0, 60_000).Select(i => $"number {i}"),
                    File.ReadLines(path).Where(line => line.Contains("number", StringComparison.Ordinal)).Select(line => line[line.IndexOf("number", StringComparison.Ordinal)..]));
            }
        }
    }

    [Fact]
    public void A_file_with_a_trouble_of_its_own_loses_its_lines_before_the_other_files_have_to_wait()
    {
        using var directory = new TemporaryDirectory();
        const int Records = 200_000;
        using (TrainLogging logging = TrainLogging.Create(o => (o.LogDirectory, o.EnableConsoleLogging, o.ResourceInterval, o.MaxFileSize) = (directory.Path, false, TimeSpan.Zero, 0)))
        {
            Assert.True(logging.Flush());
            File.Delete(directory["main.log"]);
            Directory.CreateDirectory(directory["main.log"]);
            TrainLogger logger = logging.GetLogger(LogCategories.Main);
            for (int i = 0; i < Records; i++)
            {
                TestLog.Number(logger, i);
            }

            Assert.False(logging.Flush(TimeSpan.FromMinutes(1)));
            Assert.True(Eventually.Is(() => logging.WrittenRecords >= Records, TimeSpan.FromMinutes(1)));
            Assert.Equal(0, logging.DroppedRecords);
        }

        Assert.Equal(Records, File.ReadLines(directory["run.jsonl"]).Count(line => line.Contains("\"Number\":", StringComparison.Ordinal)));
        Assert.Contains("Sink main.log failed", File.ReadAllText(directory["system.log"]), StringComparison.Ordinal);
    }
}
