using FastTrainLog.Sinks;
using Xunit;

namespace FastTrainLog.Tests.Sinks;

/// <summary>How often a directory is listed while its files are compressed one after another.</summary>
public sealed class LookPaceTests
{
    [Fact]
    public void Looks_take_at_most_a_twentieth_of_the_time()
    {
        var clock = new Clock();
        var pace = new LookPace(clock);
        Assert.True(pace.IsDue);

        pace.Look(() => clock.Advance(TimeSpan.FromMilliseconds(18)));
        Assert.False(pace.IsDue);
        clock.Advance(TimeSpan.FromMilliseconds(359));
        Assert.False(pace.IsDue);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(pace.IsDue);
    }

    [Fact]
    public void A_look_that_fails_counts_too()
    {
        var clock = new Clock();
        var pace = new LookPace(clock);

        Assert.Throws<IOException>(() => pace.Look(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            throw new IOException();
        }));

        Assert.False(pace.IsDue);
    }

    private sealed class Clock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan time) => _ticks += time.Ticks;
    }
}
