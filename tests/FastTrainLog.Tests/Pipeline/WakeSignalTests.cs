using System.Diagnostics;
using FastTrainLog.Frontend;
using Xunit;

namespace FastTrainLog.Tests.Pipeline;

public sealed class WakeSignalTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(2);

    [Fact]
    public void A_signal_set_before_the_wait_ends_it_and_no_other()
    {
        var signal = new WakeSignal();
        signal.Set();
        signal.Set();
        long start = Stopwatch.GetTimestamp();
        signal.Wait(Long);
        Assert.True(Stopwatch.GetElapsedTime(start) < Long);

        // However often it was set, it is spent. The system may end a wait early, but not again and again.
        start = Stopwatch.GetTimestamp();
        for (int i = 0; i < 20; i++)
        {
            signal.Wait(TimeSpan.FromMilliseconds(10));
        }

        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 100, double.MaxValue);
    }

    [Fact]
    public void A_signal_set_meanwhile_ends_the_wait()
    {
        var signal = new WakeSignal();
        var waiter = new Thread(() => signal.Wait(Long));
        waiter.Start();
        // Before the wait or in it: it must end either way, long before its time.
        signal.Set();
        Assert.True(waiter.Join(Long / 2));
    }
}
