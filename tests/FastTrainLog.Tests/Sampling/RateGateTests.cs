using FastTrainLog.Records;
using FastTrainLog.Sampling;
using FastTrainLog.Tests.Pipeline;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Tests.Sampling;

public sealed class RateGateTests : IDisposable
{
    private static readonly CallSite Site = new(LogLevel.Information, 1, "Limited", "limited");

    // A log of the test's own: the end of any other one has the calls through foreign loggers reported, and so no longer counted.
    private readonly TrainLogging _logging = TestLog.Create(new CollectingSink());

    [Fact]
    public void A_second_begins_with_a_record_and_the_next_ones_first_record_counts_what_was_left_out()
    {
        var gate = new RateGate(Site, maxPerSecond: 2);
        Assert.Equal([(true, 0), (true, 0), (false, 0), (false, 0), (false, 0)], Ask(gate, 5000, 5000, 5100, 5999, 5999));
        Assert.Equal([(true, 3), (true, 0), (false, 0)], Ask(gate, 6000, 6999, 6999));
        Assert.Equal([(true, 1), (true, 0)], Ask(gate, 90_000, 90_001));
        Assert.Equal([(true, 0)], Ask(gate, 91_000));
    }

    [Fact]
    public void The_clock_may_wrap_around()
    {
        var gate = new RateGate(Site, maxPerSecond: 1);
        Assert.Equal([(true, 0), (false, 0), (false, 0), (true, 2)], Ask(gate, uint.MaxValue - 10, uint.MaxValue, 100, 1000));
    }

    [Fact]
    public void A_thread_that_is_late_does_not_turn_the_second_back()
    {
        var gate = new RateGate(Site, maxPerSecond: 1);
        Assert.Equal([(true, 0), (true, 0), (false, 0), (false, 0), (true, 2)], Ask(gate, 5000, 6000, 5900, 6900, 7000));
    }

    [Fact]
    public void A_first_call_at_the_clocks_zero_passes()
    {
        Assert.Equal([(true, 0), (false, 0)], Ask(new RateGate(Site, maxPerSecond: 1), 0, 0));
    }

    [Fact]
    public void Threads_together_pass_no_more_than_the_limit_and_lose_no_call()
    {
        const int Threads = 4;
        const int Calls = 50_000;
        TrainLogger logger = _logging.GetLogger("test");
        var gate = new RateGate(Site, maxPerSecond: 10);
        long passed = 0;
        long suppressed = 0;
        int clock = 0;
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
        {
            for (int i = 0; i < Calls; i++)
            {
                // Ten calls a millisecond: the 200,000 of them take 20 seconds of this clock.
                if (gate.TryPass(logger, (uint)(Interlocked.Increment(ref clock) / 10), out long before))
                {
                    Interlocked.Increment(ref passed);
                    Interlocked.Add(ref suppressed, before);
                }
            }
        }))];
        Array.ForEach(threads, static t => t.Start());
        Array.ForEach(threads, static t => t.Join());

        Assert.InRange(passed, 10, 10 * 21);
        Assert.True(gate.TryPass(logger, 1_000_000, out long left));
        Assert.Equal((long)Threads * Calls, passed + suppressed + left);
    }

    public void Dispose() => _logging.Dispose();

    private IEnumerable<(bool, int)> Ask(RateGate gate, params uint[] milliseconds) =>
        [.. milliseconds.Select(m => (gate.TryPass(_logging.GetLogger("test"), m, out long suppressed), (int)suppressed))];
}
