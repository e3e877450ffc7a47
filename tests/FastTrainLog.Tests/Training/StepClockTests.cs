using System.Diagnostics;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Tests.Training;

public sealed class StepClockTests
{
    [Fact]
    public void Even_steps_foretell_the_rest_exactly()
    {
        var clock = new StepClock(0);
        Advance(ref clock, 10, 2.0);
        Assert.Equal(TimeSpan.FromSeconds(280), clock.Remaining(140));
    }

    [Theory]
    [InlineData(1000, 123.0)]
    [InlineData(81, 10.0)]
    [InlineData(80, 9.8)]
    [InlineData(3, 0.4)]
    [InlineData(0, 0.0)]
    public void The_rest_is_foretold_in_seconds_and_the_last_ten_in_tenths(int steps, double seconds)
    {
        var clock = new StepClock(0);
        Advance(ref clock, 10, 0.123);
        Assert.Equal(TimeSpan.FromSeconds(seconds), clock.Remaining(steps));
    }

    [Fact]
    public void A_slow_first_step_is_forgotten_within_a_hundred_steps()
    {
        var clock = new StepClock(0);
        double at = Advance(ref clock, 1, 30.0);
        Advance(ref clock, 99, 0.1, at);
        Assert.InRange(clock.MeanSeconds, 0.1, 0.101);
    }

    [Fact]
    public void A_pause_for_validation_moves_the_estimate_less_the_longer_the_run_is()
    {
        double Moved(int stepsBefore)
        {
            var clock = new StepClock(0);
            double at = Advance(ref clock, stepsBefore, 1.0);
            Advance(ref clock, 1, 101.0, at);
            return clock.MeanSeconds - 1.0;
        }

        Assert.InRange(Moved(100) / Moved(1000), 9.0, 11.0);
    }

    [Fact]
    public void A_run_that_slows_down_is_noticed()
    {
        var clock = new StepClock(0);
        double at = Advance(ref clock, 100, 1.0);
        Advance(ref clock, 100, 2.0, at);
        Assert.InRange(clock.MeanSeconds, 1.9, 2.0);
    }

    [Fact]
    public void More_steps_than_planned_leave_no_time()
    {
        var clock = new StepClock(0);
        Advance(ref clock, 10, 1.0);
        Assert.Equal(TimeSpan.Zero, clock.Remaining(-5));
    }

    [Fact]
    public void An_estimate_beyond_all_bounds_is_cut_off()
    {
        var clock = new StepClock(0);
        Advance(ref clock, 1, 1000.0);
        Assert.Equal(TimeSpan.MaxValue, clock.Remaining(long.MaxValue));
    }

    private static double Advance(ref StepClock clock, int steps, double seconds, double at = 0)
    {
        for (int i = 0; i < steps; i++)
        {
            at += seconds;
            clock.Advance((long)Math.Round(at * Stopwatch.Frequency));
        }

        return at;
    }
}
