using FastTrainLog.Tests.Pipeline;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Tests.Monitoring;

public sealed class LogMetersTests
{
    [Fact]
    public void Meters_count_what_is_written_and_lost_by_category_level_and_sink()
    {
        var good = new CollectingSink();
        var bad = new CollectingSink { Fails = () => true };
        using var meters = new MeterReading("bad of the meters");
        using TrainLogging logging = TestLog.Create(good, o => o.AddSink(bad, name: "bad of the meters"));
        TrainLogger one = logging.GetLogger("one");
        TrainLogger two = logging.GetLogger("two");
        for (int i = 0; i < 1000; i++)
        {
            TestLog.Number(one, i);
        }

        TestLog.Error(two, 1);
        Assert.True(logging.Flush());
        Assert.Equal(1000, Count("fasttrainlog.records.written", "one", LogLevel.Information));
        Assert.Equal(1, Count("fasttrainlog.records.written", "two", LogLevel.Error));
        Assert.Equal(1000, Count("fasttrainlog.records.logged", "one", LogLevel.Information));
        Assert.Empty(meters.Read("fasttrainlog.records.dropped"));
        Assert.InRange(meters.Read("fasttrainlog.sink.lost").Single(m => (string?)m.Tags["sink"] == "bad of the meters").Value, 1001, long.MaxValue);
        Assert.Equal(0, Assert.Single(meters.Read("fasttrainlog.records.recovered")).Value);
        Assert.Equal(0, Assert.Single(meters.Read("fasttrainlog.pages.waiting")).Value);
        Assert.Single(meters.Read("fasttrainlog.backend.lag"));

        long Count(string instrument, string category, LogLevel level) =>
            meters.Read(instrument).Single(m => (string?)m.Tags["category"] == category && (string?)m.Tags["level"] == level.ToString()).Value;
    }

    [Fact]
    public void Loggers_of_one_category_have_one_figure()
    {
        using var meters = new MeterReading("of one category");
        using TrainLogging logging = TestLog.Create(new CollectingSink(), o => o.AddSink(new CollectingSink(), name: "of one category"));
        // As two runs have.
        TestLog.Number(logging.GetRunLogger("test", logging.BeginRun("a", rank: 0, worldSize: 1)), 1);
        TrainLogger second = logging.GetRunLogger("test", logging.BeginRun("b", rank: 0, worldSize: 1));
        TestLog.Number(second, 2);
        TestLog.Number(second, 3);
        Assert.True(logging.Flush());
        Assert.Equal(3, Assert.Single(meters.Read("fasttrainlog.records.written"), m => (string?)m.Tags["category"] == "test").Value);
    }

    [Fact]
    public void What_is_written_and_dropped_is_what_was_logged()
    {
        var sink = new CollectingSink();
        using var meters = new MeterReading("of the drops");
        using TrainLogging logging = TestLog.Create(sink, o =>
        {
            (o.BufferBytes, o.FullPolicy) = (1024 * 1024, FullPolicy.DropNewest);
            o.AddSink(new CollectingSink(), name: "of the drops");
        });
        TrainLogger logger = logging.GetLogger("test");
        sink.Gate.Reset();
        const int Records = 100_000;
        for (int i = 0; i < Records; i++)
        {
            TestLog.Number(logger, i);
        }

        sink.Gate.Set();
        Assert.True(logging.Flush(TimeSpan.FromMinutes(1)));
        long dropped = Sum("fasttrainlog.records.dropped");
        Assert.True(dropped > 0);
        Assert.Equal(logging.DroppedRecords, dropped);
        Assert.Equal(Records, Sum("fasttrainlog.records.written") + dropped);
        Assert.Equal(Records, Sum("fasttrainlog.records.logged"));

        long Sum(string instrument) => meters.Read(instrument).Where(m => (string?)m.Tags["category"] == "test").Sum(m => m.Value);
    }
}
