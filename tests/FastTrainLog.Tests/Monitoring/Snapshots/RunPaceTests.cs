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
}
