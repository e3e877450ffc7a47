using FastTrainLog.Monitoring.Snapshots;
using Xunit;

namespace FastTrainLog.Tests.Monitoring.Snapshots;

/// <summary>When a run without an end counts as stalled.</summary>
public sealed class RunPaceTests
{
    private static readonly DateTime Start = new(2026, 11, 29, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void A_run_of_which_nothing_was_read_yet_goes_on() => Assert.False(default(RunPace).IsStalled(Start));

    [Theory]
    [InlineData(14, false)]
    [InlineData(16, true)]
    public void Before_a_pause_is_known_a_quarter_of_an_hour_is_waited(int minutes, bool isStalled)
    {
        RunPace pace = default;
        pace.BeginSession(Start);
        Assert.Equal(isStalled, pace.IsStalled(Start.AddMinutes(minutes)));
    }

    [Fact]
    public void A_pause_by_command_is_no_stall_while_it_is_reported_and_later_pauses_are_not_compared_with_it()
    {
        RunPace pace = default;
        pace.BeginSession(Start);
        pace.Advance(Start.AddSeconds(1), isOfValidation: false);
        pace.Advance(Start.AddSeconds(2), isOfValidation: true);
        pace.Rest(Start.AddHours(10));
        Assert.False(pace.IsStalled(Start.AddHours(10).AddMinutes(1)));
        // Whose process is gone reports nothing more.
        Assert.True(pace.IsStalled(Start.AddHours(10).AddMinutes(3)));
        pace.Advance(Start.AddHours(10).AddSeconds(1), isOfValidation: false);
        Assert.True(pace.IsStalled(Start.AddHours(10).AddMinutes(3)));
    }
}
