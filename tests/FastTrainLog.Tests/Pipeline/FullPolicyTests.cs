using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Tests.Pipeline;

public sealed class FullPolicyTests
{
    private const int SmallBuffer = 16 * 65536;

    // Twice what a small buffer holds: 24 bytes a record, and a stalled sink.
    private const int TooMany = 2 * SmallBuffer / 24;

    [Fact]
    public void DropNewest_drops_without_waiting_and_counts_every_record()
    {
        var sink = new CollectingSink();
        TrainLogging logging = TestLog.Create(sink, o => (o.BufferBytes, o.FullPolicy) = (SmallBuffer, FullPolicy.DropNewest));
        LogUnderStall(logging, sink, TooMany);
        logging.Dispose();
        AssertBalance(logging, sink, TooMany);
        Assert.True(logging.DroppedRecords > TooMany / 4);
    }

    [Fact]
    public void Block_waits_no_longer_than_its_bound_and_then_counts_the_record()
    {
        var sink = new CollectingSink();
        TrainLogging logging = TestLog.Create(sink, o => (o.BufferBytes, o.BlockTimeout) = (SmallBuffer, TimeSpan.FromMilliseconds(50)));
        TrainLogger logger = logging.GetLogger("test");
        Stall(logging, sink);
        int logged = 1;
        while (logging.DroppedRecords == 0)
        {
            TestLog.Number(logger, logged++);
        }

        long before = logging.DroppedRecords;
        var watch = Stopwatch.StartNew();
        TestLog.Number(logger, logged++);
        Assert.InRange(watch.ElapsedMilliseconds, 40, 5000);
        Assert.Equal(before + 1, logging.DroppedRecords);
        sink.Gate.Set();
        logging.Dispose();
        AssertBalance(logging, sink, logged);
    }

    [Fact]
    public void Block_loses_nothing_when_the_sink_is_merely_slow()
    {
        var sink = new CollectingSink();
        using (TrainLogging logging = TestLog.Create(sink, o => (o.BufferBytes, o.BlockTimeout) = (SmallBuffer, TimeSpan.FromMinutes(1))))
        {
            TrainLogger logger = logging.GetLogger("test");
            for (int i = 0; i < 10 * TooMany; i++)
            {
                TestLog.Number(logger, i);
            }

            Assert.Equal(0, logging.DroppedRecords);
        }

        Assert.Equal(Enumerable.Range(0, 10 * TooMany).Select(i => (long)i), sink.Items.Select(i => i.Number));
    }

    [Fact]
    public void DropBelow_drops_what_is_below_the_level_and_waits_with_the_rest()
    {
        var sink = new CollectingSink();
        TrainLogging logging = TestLog.Create(sink, o =>
            (o.BufferBytes, o.FullPolicy, o.DropBelowLevel, o.BlockTimeout) = (SmallBuffer, FullPolicy.DropBelow, LogLevel.Error, TimeSpan.FromMinutes(1)));
        TrainLogger logger = logging.GetLogger("test");
        LogUnderStall(logging, sink, TooMany, release: false);
        Assert.True(logging.DroppedRecords > 0);
        long dropped = logging.DroppedRecords;
        var error = new Thread(() =>
        {
            for (int i = 0; i < 10; i++)
            {
                TestLog.Error(logger, i);
            }
        });
        error.Start();
        Assert.False(error.Join(TimeSpan.FromMilliseconds(100)));
        sink.Gate.Set();
        error.Join();
        logging.Dispose();
        Assert.Equal(dropped, logging.DroppedRecords);
        Assert.Equal(10, sink.Items.Count(item => item.Level == LogLevel.Error));
        AssertBalance(logging, sink, TooMany + 10);
    }

    [Fact]
    public void Grow_takes_more_memory_up_to_its_cap()
    {
        var sink = new CollectingSink();
        TrainLogging logging = TestLog.Create(sink, o =>
            (o.BufferBytes, o.MaxBufferBytes, o.FullPolicy, o.BlockTimeout) = (SmallBuffer, 4 * SmallBuffer, FullPolicy.Grow, TimeSpan.Zero));
        LogUnderStall(logging, sink, TooMany, release: false);
        Assert.Equal(0, logging.DroppedRecords);
        for (int i = 0; i < 2 * TooMany; i++)
        {
            TestLog.Number(logging.GetLogger("test"), i);
        }

        Assert.True(logging.DroppedRecords > 0);
        sink.Gate.Set();
        logging.Dispose();
        AssertBalance(logging, sink, 3 * TooMany);
    }

    [Fact]
    public void The_log_itself_says_how_many_records_of_which_category_and_level_were_dropped()
    {
        var sink = new CollectingSink();
        TrainLogging logging = TestLog.Create(sink, o => (o.BufferBytes, o.FullPolicy) = (SmallBuffer, FullPolicy.DropNewest));
        LogUnderStall(logging, sink, TooMany);
        logging.Dispose();
        CollectingSink.Item[] reports = [.. sink.Items.Where(item => item.Message.Contains("were dropped", StringComparison.Ordinal))];
        Assert.Equal(logging.DroppedRecords, reports.Sum(item => item.Number));
        Assert.All(reports, item => Assert.Contains("of test at Information", item.Message, StringComparison.Ordinal));
    }

    private static void Stall(TrainLogging logging, CollectingSink sink)
    {
        sink.Gate.Reset();
        TestLog.Error(logging.GetLogger("test"), 0);
        sink.Entered.Wait(TestContext.Current.CancellationToken);
    }

    private static void LogUnderStall(TrainLogging logging, CollectingSink sink, int records, bool release = true)
    {
        TrainLogger logger = logging.GetLogger("test");
        sink.Gate.Reset();
        for (int i = 0; i < records; i++)
        {
            TestLog.Number(logger, i);
        }

        if (release)
        {
            sink.Gate.Set();
        }
    }

    private static void AssertBalance(TrainLogging logging, CollectingSink sink, int logged)
    {
        int own = sink.Items.Count(item => item.Category == "test");
        Assert.Equal(logged, own + logging.DroppedRecords);
    }
}
