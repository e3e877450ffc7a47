using FastTrainLog.Platform;
using Xunit;

namespace FastTrainLog.Tests.Platform;

/// <summary>Times of records: never earlier than those before, near the system clock, and the same for a recovery.</summary>
public sealed class TickConverterTests
{
    private static readonly double TicksPerUtc = TickClock.Frequency / TimeSpan.TicksPerSecond;

    private readonly TickConverter _clock = new();
    private readonly long _start = TickClock.Now();
    private readonly long _startUtc = DateTime.UtcNow.Ticks;

    [Fact]
    public void Times_never_fall_and_stay_near_the_clock_however_it_is_read()
    {
        var random = new Random(5);
        long last = long.MinValue;
        long ticks = _start;
        for (int cycle = 0; cycle < 2000; cycle++)
        {
            long from = ticks;
            ticks += (long)(random.Next(1, 3_000_000) * TicksPerUtc);
            // Readings are off by microseconds, and now and then the clock is set by some milliseconds.
            long utc = UtcOf(ticks) + random.Next(-20, 20) + (cycle % 100 == 50 ? random.Next(-100_000, 100_000) : 0);
            _clock.TryCalibrate(ticks, utc);
            for (int i = 0; i <= 10; i++)
            {
                long now = from + ((ticks - from) * i / 10);
                long time = _clock.ToUtcTicks(now);
                Assert.True(time >= last, $"{time} after {last} in cycle {cycle}");
                Assert.InRange(time - UtcOf(now), -110_000, 110_000);
                last = time;
            }
        }
    }

    [Fact]
    public void A_time_that_was_given_once_is_given_again_after_later_readings()
    {
        // Two cycles without a reading between them: what the first converted is beyond the last reading.
        long first = After(10_000_000);
        Assert.True(_clock.TryCalibrate(first, UtcOf(first)));
        long late = After(10_400_000);
        long time = _clock.ToUtcTicks(late);

        long next = After(20_000_000);
        Assert.True(_clock.TryCalibrate(next, UtcOf(next) + 3_000));
        Assert.Equal(time, _clock.ToUtcTicks(late));
        Assert.Equal(UtcOf(next) + 3_000, _clock.ToUtcTicks(next));
    }

    [Fact]
    public void A_recovery_converts_as_the_process_did()
    {
        byte[] saved = new byte[TickConverter.SavedBytes];
        for (int cycle = 1; cycle <= 20; cycle++)
        {
            _clock.TryCalibrate(After(cycle * 3_000_000), UtcOf(After(cycle * 3_000_000)) + (cycle % 7 * 13));
            _clock.Save(saved);
            var recovery = new TickConverter(saved);
            for (int at = -40; at <= 40; at++)
            {
                long ticks = After((cycle * 3_000_000) + (at * 100_001));
                Assert.Equal(_clock.ToUtcTicks(ticks), recovery.ToUtcTicks(ticks));
            }
        }
    }

    [Theory]
    [InlineData(-30)]
    [InlineData(3600)]
    public void A_step_of_the_clock_shows_in_the_next_times(int seconds)
    {
        long ticks = After(10_000_000);
        _clock.ToUtcTicks(ticks);
        long next = After(20_000_000);
        Assert.True(_clock.TryCalibrate(next, UtcOf(next) + (seconds * TimeSpan.TicksPerSecond)));
        Assert.Equal(UtcOf(next) + (seconds * TimeSpan.TicksPerSecond), _clock.ToUtcTicks(next));
        Assert.InRange(_clock.ToUtcTicks(After(30_000_000)) - UtcOf(After(30_000_000)), (seconds * TimeSpan.TicksPerSecond) - 100_000, (seconds * TimeSpan.TicksPerSecond) + 100_000);
    }

    [Fact]
    public void A_counter_that_was_reset_gives_times_of_now()
    {
        _clock.ToUtcTicks(After(10_000_000));
        long reset = _start - (long)(1_000_000_000 * TicksPerUtc);
        Assert.True(_clock.TryCalibrate(reset, UtcOf(After(20_000_000))));
        Assert.InRange(_clock.ToUtcTicks(reset) - UtcOf(After(20_000_000)), -1_000_000, 1_000_000);
    }

    private long After(long utc) => _start + (long)(utc * TicksPerUtc);

    private long UtcOf(long ticks) => _startUtc + (long)((ticks - _start) / TicksPerUtc);
}
