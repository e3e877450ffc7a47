using System.Globalization;
using FastTrainLog.Analysis;
using FastTrainLog.Reading;
using Xunit;

namespace FastTrainLog.Tool.Tests.Analysis;

/// <summary>A run that was paused by command is read as if the time of the pause had not been.</summary>
public sealed class PauseTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_pause_is_no_stall_and_is_in_no_speed_and_no_prediction(bool isPaused)
    {
        using LogDirectory log = new LogDirectory().With("run.jsonl", Lines(isPaused));
        LogAnalysis analysis = log.Analyze();
        Assert.Equal("completed", analysis.Run.Outcome);
        Assert.DoesNotContain(analysis.Anomalies.Found, anomaly => anomaly.Kind == "stall");
        Assert.Equal(10.0, analysis.Progress.StepsPerSecond!.Value, 1e-6);
        Assert.Equal(640.0, analysis.Progress.Throughput!.Overall, 1e-6);
        Assert.Equal(5, analysis.Progress.Eta.Count);
        Assert.All(analysis.Progress.Eta, eta => Assert.Equal(0.0, eta.ErrorPercent, 1e-6));
        Assert.Equal(isPaused ? 3610.0 : 10.0, (analysis.Run.Ended - analysis.Run.Started).TotalSeconds, 1e-6);
    }

    [Fact]
    public void A_run_that_is_paused_goes_on_and_has_stalled_once_it_does_not_say_so_any_more()
    {
        string Outcome(double pausedMinutesAgo)
        {
            DateTime now = DateTime.UtcNow;
            var lines = new RunLines("paused", 100) { Time = now.AddHours(-10) };
            lines.Start();
            for (int step = 1; step <= 50; step++)
            {
                lines.Step(step, 1.0);
            }

            lines.Add("INFO", "training_progress", 1010, "Validation", "\"Epoch\":1,\"Step\":50,\"Loss\":1");
            lines.Time = now.AddMinutes(-pausedMinutesAgo);
            lines.Add("INFO", "system", 1524, "RunPaused", "\"LastStep\":50,\"PausedSeconds\":35000");
            using LogDirectory log = new LogDirectory().With("run.jsonl", lines.Lines);
            return log.Analyze().Run.Outcome;
        }

        Assert.Equal("running", Outcome(0.0));
        Assert.Equal("stalled", Outcome(5.0));
    }

    private static string[] Lines(bool isPaused)
    {
        var lines = new RunLines("r", 100);
        lines.Start();
        for (int step = 1; step <= 100; step++)
        {
            if (step == 51 && isPaused)
            {
                lines.Add("INFO", "system", 1524, "RunPaused", "\"LastStep\":50,\"PausedSeconds\":null");
                lines.Time = lines.Time.AddHours(1);
                lines.Add("INFO", "system", 1525, "PauseEnded", string.Create(CultureInfo.InvariantCulture, $"\"LastStep\":50,\"PausedSeconds\":{3600.0:R}"));
            }

            lines.Step(step, 1.0 / step, eta: (100 - step) * 0.1);
        }

        return lines.End().Lines;
    }
}
