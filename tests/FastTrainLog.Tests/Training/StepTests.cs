using System.Text.Json;
using FastTrainLog.Gradients;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Tests.Training;

public sealed class StepTests
{
    private static readonly GradientStatistics Gradients = new()
    {
        Step = 10,
        LayerCount = 4,
        ElementCount = 1000,
        Norm = 1.234567,
        StabilityScore = 0.95,
        ClippingRatio = 0.05,
        Threshold = 1.0,
        Coefficient = 0.81,
        Action = GradientAction.Clipped,
    };

    [Fact]
    public void A_step_reads_as_in_the_reference()
    {
        using var log = new RunLog();
        log.Run.LogStep(1, 9, 2.5, 0.001);
        log.Run.LogStep(1, 10, 2.345678, 0.001);
        string line = log.Lines("training_progress.log").Single(l => l.Contains("Step 10/"));
        Assert.Matches(
            @"^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] TRAINING - INFO - Epoch 1, Step 10/150 \(6\.7%\) - Loss: 2\.345678, LR: 1\.00e-03, ETA: \d+:\d\d:\d\d(?:\.\d)?, Phase: training", line);
    }

    [Fact]
    public void A_step_carries_every_figure_that_it_was_given()
    {
        using var log = new RunLog();
        log.Run.LogStep(2, 9, 0.6, 0.001);
        log.Run.LogStep(2, 10, 0.5, 0.001, Gradients, accuracy: 0.85, samples: 16, phase: "warmup", metrics: [("batch_loss", 0.5), ("tokens", 4096)]);
        JsonElement step = log.Events(TrainingEvents.Step)[^1].GetProperty("properties");
        Assert.Equal(2, step.GetProperty("Epoch").GetInt32());
        Assert.Equal(10, step.GetProperty("Step").GetInt64());
        Assert.Equal(150, step.GetProperty("TotalSteps").GetInt64());
        Assert.Equal(100.0 * 10 / 150, step.GetProperty("Progress").GetDouble());
        Assert.Equal(0.5, step.GetProperty("Loss").GetDouble());
        Assert.Equal(0.001, step.GetProperty("LearningRate").GetDouble());
        Assert.Equal("warmup", step.GetProperty("Phase").GetString());
        Assert.Equal(0.85, step.GetProperty("Accuracy").GetDouble());
        Assert.Equal(1.234567, step.GetProperty("GradientNorm").GetDouble());
        Assert.Equal(0.95, step.GetProperty("StabilityScore").GetDouble());
        Assert.Equal(0.05, step.GetProperty("ClippingRatio").GetDouble());
        Assert.Equal(4096, step.GetProperty("Metrics").GetProperty("tokens").GetDouble());
        double seconds = step.GetProperty("StepSeconds").GetDouble();
        Assert.Equal(16 / seconds, step.GetProperty("Throughput").GetDouble(), 1e-6 / seconds);
        Assert.True(TimeSpan.TryParse(step.GetProperty("Eta").GetString(), out _));
    }

    [Fact]
    public void What_a_step_lacks_is_left_out_of_its_line()
    {
        using var log = new RunLog(new TrainingRunOptions { Model = "DemoModel" });
        log.Run.LogStep(1, 10, 0.5, 0.001);
        log.Run.LogStep(1, 11, 0.4, 0.001);
        string line = log.Lines("training_progress.log").Single(l => l.Contains("Step 10 "));
        // The first one's duration is not known: the program's start-up is before it.
        Assert.EndsWith("INFO - Epoch 1, Step 10 - Loss: 0.500000, LR: 1.00e-03, Phase: training", line);
        Assert.Matches(@"INFO - Epoch 1, Step 11 - Loss: 0\.400000, LR: 1\.00e-03, Phase: training, Duration: \d+\.\d{6}s$", log.Lines("training_progress.log")[^1]);
    }

    [Theory]
    [InlineData(10, 1)]
    [InlineData(1, 4)]
    public void Time_throughput_and_steps_are_those_of_steps_however_often_one_is_logged(int distance, int records)
    {
        using var log = new RunLog(RunLog.Options with { TotalSteps = 200, BatchSize = 32 });
        for (int step = distance; step <= 20 * distance; step += distance)
        {
            for (int i = 0; i < records; i++)
            {
                Thread.Sleep(2);
                log.Run.LogStep(1, step, 1.0, 1e-3);
            }
        }

        log.Run.LogEpoch(1);
        RunSummary summary = log.Run.End(success: true);
        Assert.Equal(20 * distance, summary.Steps);
        Assert.Equal(20 * distance, log.Properties(TrainingEvents.EpochEnded).GetProperty("Steps").GetInt64());
        JsonElement[] steps = [.. log.Events(TrainingEvents.Step).Where((_, i) => i % records == records - 1)];
        double measured = 0;
        foreach (JsonElement step in steps[1..])
        {
            JsonElement properties = step.GetProperty("properties");
            double seconds = properties.GetProperty("StepSeconds").GetDouble();
            Assert.Equal(32 / seconds, properties.GetProperty("Throughput").GetDouble(), 1e-6 / seconds);
            measured += seconds * distance;
        }

        double passed = (steps[^1].GetProperty("timestamp").GetDateTime() - steps[0].GetProperty("timestamp").GetDateTime()).TotalSeconds;
        Assert.InRange(measured, 0.9 * passed, 1.1 * passed);
        TimeSpan eta = TimeSpan.Parse(steps[^1].GetProperty("properties").GetProperty("Eta").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(distance == 10, eta == TimeSpan.Zero);
    }

    [Fact]
    public void A_step_with_every_figure_allocates_nothing()
    {
        using var log = new RunLog();
        long Allocated(int steps)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < steps; i++)
            {
                log.Run.LogStep(1, i, 0.5, 0.001, Gradients, accuracy: 0.5, metrics: [("batch_loss", 0.5), ("tokens", 4096)]);
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Allocated(1000);
        // What the process does once, such as looking for the activity that another test has just begun, is no step's.
        Assert.Equal(0, Enumerable.Range(0, 3).Min(_ => Allocated(10_000)));
    }

    [Fact]
    public void An_epoch_sums_up_its_steps_and_the_next_begins_anew()
    {
        using var log = new RunLog();
        log.Run.LogStep(1, 1, 2.0, 0.001, Gradients with { Norm = 3.0 });
        log.Run.LogStep(1, 2, double.NaN, 0.001, Gradients with { Norm = 1.0, Action = GradientAction.None });
        log.Run.LogEpoch(1, [("validation_loss", 0.5)]);
        log.Run.LogStep(2, 3, 1.0, 0.001, Gradients with { Norm = 7.0 });
        log.Run.LogEpoch(2);
        JsonElement[] epochs = [.. log.Events(TrainingEvents.EpochEnded).Select(e => e.GetProperty("properties"))];
        JsonElement[] health = [.. log.Events(TrainingEvents.GradientHealth).Select(e => e.GetProperty("properties"))];
        Assert.Equal([2, 1], epochs.Select(e => e.GetProperty("Steps").GetInt32()));
        Assert.Equal([2.0, 1.0], epochs.Select(e => e.GetProperty("Loss").GetDouble()));
        Assert.Equal([2.0, 7.0], health.Select(e => e.GetProperty("MeanNorm").GetDouble()));
        Assert.Equal([1.0, 7.0], health.Select(e => e.GetProperty("LowestNorm").GetDouble()));
        Assert.Equal([3.0, 7.0], health.Select(e => e.GetProperty("HighestNorm").GetDouble()));
        Assert.Equal([1, 1], health.Select(e => e.GetProperty("ClippedSteps").GetInt32()));
        Assert.Equal(2, log.Lines("performance.log").Count(l => l.Contains("Performance - epoch: Duration: ")));
    }
}
