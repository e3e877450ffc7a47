using System.Text;
using System.Text.Json;
using FastTrainLog.Monitoring.Snapshots;
using FastTrainLog.Tests.Pipeline;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Tests.Training;

public sealed class PhaseTests
{
    [Theory]
    [InlineData("training", true)]
    [InlineData("train", true)]
    [InlineData("warmup", true)]
    [InlineData("Stage 2", true)]
    [InlineData("fine-tuning", true)]
    [InlineData("", true)]
    [InlineData("generator", true)]
    [InlineData("validation", false)]
    [InlineData("Validation", false)]
    [InlineData("val", false)]
    [InlineData("eval_step", false)]
    [InlineData("EVALUATION", false)]
    [InlineData("test", false)]
    [InlineData("inference", false)]
    [InlineData("prediction", false)]
    [InlineData("pretraining", true)]
    [InlineData("sanity_check", false)]
    [InlineData("calibration", false)]
    [InlineData("benchmark", false)]
    public void A_phase_trains_unless_its_name_says_otherwise(string phase, bool trains)
    {
        Assert.Equal(trains, TrainingPhases.Trains(phase));
        Assert.Equal(trains, TrainingPhases.Trains(Encoding.UTF8.GetBytes(phase)));
    }

    [Fact]
    public void Steps_of_a_validation_enter_no_figure_of_the_training()
    {
        using var log = new RunLog(RunLog.Options with { TotalSteps = 10 });
        log.Run.LogStep(1, 1, 2.0, 1e-3);
        log.Run.LogStep(1, 2, 1.0, 1e-3);
        for (int batch = 1; batch <= 3; batch++)
        {
            log.Run.LogStep(1, batch, 90.0, 0.0, phase: "validation");
        }

        log.Run.LogStep(1, 1, double.NaN, 0.0, phase: "test");
        log.Run.LogError(new IOException("x"), "read");
        log.Run.LogEpoch(1);
        RunSummary summary = log.Run.End(success: true);
        Assert.Equal((2, 1.0, 1.0), (summary.Steps, summary.FinalLoss, summary.SuccessRate));
        JsonElement epoch = log.Properties(TrainingEvents.EpochEnded);
        Assert.Equal((1.5, 2), (epoch.GetProperty("Loss").GetDouble(), epoch.GetProperty("Steps").GetInt32()));
        JsonElement[] steps = log.Events(TrainingEvents.Step);
        Assert.Equal(6, steps.Length);
        // How far the training has come, not the validation.
        Assert.Equal(20.0, steps[3].GetProperty("properties").GetProperty("Progress").GetDouble());
        Assert.Equal(2, log.Events(TrainingEvents.ErrorWithContext).Single().GetProperty("step").GetInt64());
    }

    [Fact]
    public void Steps_of_a_validation_enter_no_series_of_a_snapshot()
    {
        using TrainLogging logging = TestLog.Create(new CollectingSink());
        using TrainingRun run = TrainingRun.Start(logging, RunLog.Options);
        run.LogStep(1, 1, 2.0, 1e-3, accuracy: 0.5, metrics: [("m", 1.0)]);
        run.LogStep(1, 1, 90.0, 0.0, accuracy: 0.1, phase: "validation", metrics: [("m", 7.0)]);
        Assert.True(logging.Flush());
        RunSnapshot now = run.Snapshot();
        Assert.Equal((1, 2.0, "training"), (now.TrainingProgress!.Step, now.TrainingProgress.Loss, now.TrainingProgress.Phase));
        Assert.All(new[] { "loss", "learning_rate", "accuracy", "m" }, name => Assert.Equal(1, now.Series[name].Points));
    }

    [Fact]
    public void A_validation_by_steps_is_a_pause_of_the_training()
    {
        using var log = new RunLog(RunLog.Options with { TotalSteps = 100 });
        log.Run.LogStep(1, 1, 2.0, 1e-3);
        log.Run.LogStep(1, 2, 2.0, 1e-3);
        Thread.Sleep(300);
        log.Run.LogStep(1, 1, 90.0, 0.0, phase: "validation");
        log.Run.LogStep(1, 3, 2.0, 1e-3);
        double[] seconds = [.. log.Events(TrainingEvents.Step).Skip(1).Select(step => step.GetProperty("properties").GetProperty("StepSeconds").GetDouble())];
        Assert.InRange(seconds[1], 0.3, double.MaxValue);
        // However slow the machine: the validation is not in it.
        Assert.True(seconds[2] < seconds[1], $"{seconds[2]} s after a validation of {seconds[1]} s");
    }
}
