using System.Text.Json;
using FastTrainLog.Monitoring.Snapshots;
using Xunit;

namespace FastTrainLog.Tool.Tests.Runs;

/// <summary>Whether a run without an end runs or has stalled is told from its own pauses, in one place.</summary>
public sealed class RunPaceTests
{
    private static readonly DateTime Start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData(new double[0], 900)]
    [InlineData(new double[] { 600 }, 900)]
    [InlineData(new double[] { 600, 0.01, 0.01, 0.01 }, 120)]
    [InlineData(new double[] { 600, 0.01, 0.01, 0.01 }, 900, false)]
    [InlineData(new double[] { 5, 1, 299, 1 }, 900, false)]
    [InlineData(new double[] { 5, 1, 301, 1 }, 903, false)]
    [InlineData(new double[] { 5, 1, 100, 1 }, 300)]
    [InlineData(new double[] { 5, 1200, 1200 }, 3600)]
    [InlineData(new double[] { 5, 50_000 }, 86_400)]
    [InlineData(new double[] { 5, 60, -30, 10 }, 180)]
    public void The_limit_is_three_times_the_longest_pause_within_bounds(double[] pauses, double expected, bool hasValidated = true)
    {
        RunPace pace = Pace(pauses, out DateTime last, hasValidated);
        Assert.Equal(expected, pace.Limit.TotalSeconds);
        Assert.False(pace.IsStalled(last.AddSeconds(expected)));
        Assert.True(pace.IsStalled(last.AddSeconds(expected + 0.001)));
    }

    [Fact]
    public void The_time_between_two_sessions_is_no_pause()
    {
        RunPace pace = Pace([1, 1, 1], out DateTime last);
        pace.BeginSession(last.AddDays(3));
        Assert.Equal(900, pace.Limit.TotalSeconds);
        pace.Advance(last.AddDays(3).AddMinutes(5), isOfValidation: false);
        pace.Advance(last.AddDays(3).AddMinutes(5).AddSeconds(1), isOfValidation: false);
        Assert.Equal(120, pace.Limit.TotalSeconds);
    }

    [Theory]
    [InlineData(1200, 1500, "none", "running")]
    [InlineData(1200, 3700, "none", "stalled")]
    [InlineData(0.01, 60, "record", "running")]
    [InlineData(0.01, 180, "record", "stalled")]
    [InlineData(0.01, 180, "steps", "stalled")]
    [InlineData(0.01, 600, "none", "running")]
    [InlineData(0.01, 1000, "none", "stalled")]
    public void Every_command_says_so(double stepSeconds, double silence, string validation, string expected)
    {
        using var log = new LogDirectory();
        double now = (DateTime.UtcNow - new DateTime(2026, 11, 24, 6, 0, 0, DateTimeKind.Utc)).TotalSeconds;
        double last = now - silence;
        log.With("run.jsonl",
        [
            RunRecord.Start(last - (4 * stepSeconds), "r"),
            .. Enumerable.Range(1, 4).Select(step => RunRecord.Step(last - ((4 - step) * stepSeconds), "r", step, 1.0)),
            .. validation switch
            {
                "record" => [RunRecord.Of(last, "r", 1010, "Validation", "\"Epoch\":1,\"Step\":4,\"Loss\":0.5")],
                "steps" => [RunRecord.Of(last, "r", 1001, "Step", "\"Step\":1,\"Loss\":0.5,\"Phase\":\"validation\"")],
                _ => Array.Empty<string>(),
            },
            // Samples of the machine go on, whatever the run does.
            RunRecord.Of(now, "r", 1500, "ResourceUsage", "\"ProcessCpu\":1", "system"),
        ]);
        JsonElement compared = JsonElement.Parse(ToolRun.Of("compare", log.Path, "--json").Output).GetProperty("runs")[0];
        Assert.Equal((expected, expected), (log.Analyze().Run.Outcome, compared.GetProperty("outcome").GetString()));
    }

    private static RunPace Pace(double[] pauses, out DateTime last, bool hasValidated = true)
    {
        var pace = default(RunPace);
        pace.BeginSession(Start);
        last = Start;
        DateTime time = Start;
        foreach (double pause in pauses)
        {
            time = time.AddSeconds(pause);
            last = time > last ? time : last;
            pace.Advance(time, hasValidated);
        }

        return pace;
    }
}
