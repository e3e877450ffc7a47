using System.Diagnostics;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Tests.Training;

public sealed class StepClockTests
{
    private const double Second = 1.0;

    [Fact]
    public void Even_steps_foretell_the_rest_exactly()
    {
        var clock = new Clock();
        clock.Steps(10, 2.0);
        Assert.Equal(TimeSpan.FromSeconds(280), clock.Remaining(150));
    }

    [Theory]
    [InlineData(1000, 123.0)]
    [InlineData(81, 10.0)]
    [InlineData(80, 9.8)]
    [InlineData(3, 0.4)]
    [InlineData(0, 0.0)]
    public void The_rest_is_foretold_in_seconds_and_the_last_ten_in_tenths(int left, double seconds)
    {
        var clock = new Clock();
        clock.Steps(10, 0.123);
        Assert.Equal(TimeSpan.FromSeconds(seconds), clock.Remaining(10 + left));
    }

    [Fact]
    public void The_first_step_has_no_time_because_the_start_up_lies_before_it()
    {
        var clock = new Clock();
        Assert.Null(clock.Step(1, 30.0));
        Assert.Null(clock.Remaining(100));
        Assert.Equal(0.1, clock.Step(2, 0.1)!.Value, 1e-6);
        Assert.Equal(TimeSpan.FromSeconds(9.8), clock.Remaining(100));
    }

    [Fact]
    public void A_slow_step_at_the_start_is_forgotten_within_a_hundred_steps()
    {
        var clock = new Clock();
        clock.Step(1, 0.1);
        clock.Step(2, 30.0);
        clock.Steps(99, 0.1);
        Assert.InRange(clock.MeanSeconds, 0.1, 0.101);
    }

    [Fact]
    public void A_pause_by_command_is_in_no_step_and_not_in_the_rest()
    {
        var clock = new Clock();
        clock.Steps(10, 2.0);
        clock.Exclude(3600.0);
        Assert.Equal(2.0, clock.Step(11, 2.0)!.Value, 1e-6);
        Assert.Equal(TimeSpan.FromSeconds(278), clock.Remaining(150));
        // Neither is it part of a validation, before or after it.
        clock.Exclude(3600.0);
        clock.Pause(13.9, 11);
        clock.Exclude(3600.0);
        Assert.Equal(2.0, clock.Step(12, 2.0)!.Value, 1e-6);
        Assert.Equal(TimeSpan.FromSeconds(Math.Round(138 * (2.0 + (13.9 / 12)))), clock.Remaining(150));
    }

    [Fact]
    public void Of_every_tenth_step_logged_each_has_a_tenth_of_the_time()
    {
        var clock = new Clock();
        clock.Step(10, 0.1);
        double? seconds = 0;
        for (int step = 20; step <= 100; step += 10)
        {
            seconds = clock.Step(step, 10 * 0.01);
        }

        Assert.Equal(0.01, seconds!.Value, 1e-6);
        Assert.Equal(TimeSpan.FromSeconds(1), clock.Remaining(200));
        Assert.Equal((100, 100), (clock.Taken, clock.Distinct));
    }

    [Fact]
    public void Steps_logged_at_any_distance_foretell_what_each_one_logged_does()
    {
        var each = new Clock();
        var some = new Clock();
        var random = new Random(7);
        int step = 0;
        while (step < 500)
        {
            int distance = random.Next(1, 20);
            for (int i = 0; i < distance; i++)
            {
                each.Step(step + i + 1, 0.02 + (0.001 * (step / 50)));
            }

            // Of the same time in all.
            some.Step(step + distance, Enumerable.Range(0, distance).Sum(_ => 0.02 + (0.001 * (step / 50))));
            step += distance;
        }

        Assert.Equal(each.MeanSeconds, some.MeanSeconds, each.MeanSeconds / 50);
        Assert.Equal(each.Distinct, some.Distinct);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    public void Of_a_step_in_several_records_the_last_has_all_of_its_time_and_the_foretold_rest_does_not_waver(int records)
    {
        const double StepSeconds = 1.8;
        var clock = new Clock();
        double? seconds = null;
        for (int step = 1; step <= 20; step++)
        {
            for (int record = 0; record < records; record++)
            {
                seconds = clock.Step(step, StepSeconds / records);
                if (step > 2)
                {
                    Assert.InRange(clock.Remaining(100)!.Value.TotalSeconds, ((100 - step) * StepSeconds) - 0.6, ((100 - step) * StepSeconds) + 0.6);
                }
            }
        }

        Assert.Equal(StepSeconds, seconds!.Value, 1e-6);
        Assert.Equal((20, 20), (clock.Taken, clock.Distinct));
    }

    [Fact]
    public void A_rollback_takes_steps_again_and_its_own_time_is_no_steps()
    {
        var clock = new Clock();
        clock.Steps(60, 0.1);
        Assert.Null(clock.Step(41, 25.0));
        for (int step = 42; step <= 80; step++)
        {
            Assert.Equal(0.1, clock.Step(step, 0.1)!.Value, 1e-6);
        }

        Assert.Equal(TimeSpan.FromSeconds(2), clock.Remaining(100));
        Assert.Equal((100, 80), (clock.Taken, clock.Distinct));
    }

    [Fact]
    public void A_pause_is_no_steps_time_and_counts_for_the_rest_by_its_share()
    {
        var clock = new Clock();
        clock.Steps(100, 0.1);
        clock.Pause(10.0);
        Assert.Equal(0.1, clock.Step(101, 0.1)!.Value, 1e-6);
        Assert.Equal(0.1, clock.MeanSeconds, 1e-6);
        // A hundred steps take 10 s and as long a pause again.
        Assert.InRange(clock.Remaining(201)!.Value.TotalSeconds, 19.0, 21.0);
    }

    [Fact]
    public void A_pause_between_two_logged_steps_leaves_the_time_of_the_steps_before_it()
    {
        var clock = new Clock();
        for (int step = 10; step <= 100; step += 10)
        {
            clock.Step(step, Second);
        }

        // Five steps, and a validation of 8 s behind the fifth.
        clock.Pause(0.5 + 8.0, step: 105);
        Assert.Equal(0.1, clock.Step(110, 0.5)!.Value, 1e-6);
    }

    [Fact]
    public void A_pause_before_the_first_step_counts_for_nothing()
    {
        var clock = new Clock();
        clock.Pause(600.0);
        clock.Steps(10, 0.1);
        Assert.Equal(TimeSpan.FromSeconds(9), clock.Remaining(100));
    }

    [Fact]
    public void A_run_that_slows_down_is_noticed()
    {
        var clock = new Clock();
        clock.Steps(100, 1.0);
        clock.Steps(100, 2.0);
        Assert.InRange(clock.MeanSeconds, 1.9, 2.0);
    }

    [Fact]
    public void A_run_that_goes_on_at_a_late_step_foretells_what_is_left()
    {
        var clock = new Clock();
        for (int step = 5001; step <= 5010; step++)
        {
            clock.Step(step, 0.1);
        }

        Assert.Equal(TimeSpan.FromSeconds(9), clock.Remaining(5100));
        Assert.Equal(10, clock.Distinct);
    }

    [Fact]
    public void More_steps_than_planned_leave_no_time()
    {
        var clock = new Clock();
        clock.Steps(10, 1.0);
        Assert.Equal(TimeSpan.Zero, clock.Remaining(5));
    }

    [Fact]
    public void An_estimate_beyond_all_bounds_is_cut_off()
    {
        var clock = new Clock();
        clock.Steps(2, 1000.0);
        Assert.Equal(TimeSpan.MaxValue, clock.Remaining(long.MaxValue));
    }

    /// <summary>A clock with a time of its own.</summary>
    private sealed class Clock
    {
        private StepClock _clock = new(0);
        private double _at;

        public double MeanSeconds => _clock.MeanSeconds;

        public long Taken => _clock.Counter.Taken;

        public long Distinct => _clock.Counter.Distinct;

        public double? Step(long step, double seconds) => _clock.Advance(step, After(seconds));

        /// <summary>Takes steps behind the last one, each of them logged.</summary>
        public void Steps(int count, double seconds)
        {
            for (int i = 0; i < count; i++)
            {
                Step(_clock.Counter.Last + 1, seconds);
            }
        }

        public void Pause(double seconds, long? step = null) => _clock.Pause(After(seconds), step);

        /// <summary>Lets a time pass in which the run is paused.</summary>
        public void Exclude(double seconds)
        {
            long before = After(0);
            _clock.Exclude(After(seconds) - before);
        }

        public TimeSpan? Remaining(long totalSteps) => _clock.Remaining(totalSteps);

        private long After(double seconds) => (long)Math.Round((_at += seconds) * Stopwatch.Frequency);
    }
}
