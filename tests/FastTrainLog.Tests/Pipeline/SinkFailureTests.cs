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
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                TestLog.Number(logger, 2);
                Assert.True(logging.Flush());
                return bad.Items.Any(item => item.Number == 2);
            },
            TimeSpan.FromSeconds(10)));
        Assert.DoesNotContain(bad.Items, item => item.Number == 1);
    }
}
