using System.Text.Json;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Tests.Training;

public sealed class ValidationTests
{
    [Fact]
    public void The_lowest_loss_is_the_best()
    {
        using var log = new RunLog();
        Assert.Equal(
            [true, false, true, false, false],
            new[] { 1.0, 1.5, 0.5, double.NaN, 0.5 }.Select((loss, i) => log.Run.LogValidation(i, i * 10, loss)));
        Assert.Equal(new BestValidation(0.5, 2, 20), log.Run.Best);
        JsonElement worse = log.Events(TrainingEvents.Validation)[0].GetProperty("properties");
        Assert.Equal((1.0, 0, false), (worse.GetProperty("Best").GetDouble(), worse.GetProperty("BestStep").GetInt64(), worse.GetProperty("IsBest").GetBoolean()));
    }

    [Fact]
    public void The_highest_metric_is_the_best_where_the_options_say_so()
    {
        using var log = new RunLog(RunLog.Options with { BestMetric = "accuracy", HigherIsBetter = true });
        Assert.Equal(
            [true, true, false],
            new[] { 0.5, 0.9, 0.7 }.Select((accuracy, i) => log.Run.LogValidation(i, i, 1.0, [("correct", 943), ("accuracy", accuracy)])));
        Assert.Equal(0.9, log.Run.Best?.Value);
    }

    [Fact]
    public void A_validation_without_the_metric_that_decides_is_refused_with_its_name()
    {
        using var log = new RunLog(RunLog.Options with { BestMetric = "accuracy" });
        ArgumentException error = Assert.Throws<ArgumentException>(() => log.Run.LogValidation(1, 1, 1.0, [("f1", 0.5)]));
        Assert.Contains("'accuracy'", error.Message);
    }

    [Fact]
    public void The_best_validation_reads_as_in_the_reference()
    {
        using var log = new RunLog();
        log.Run.LogValidation(2, 75, 0.987654, [("accuracy", 94.32), ("correct", 943), ("total", 1000)]);
        Assert.EndsWith(
            "TRAINING - INFO - BEST Validation - Epoch 2, Step 75, Loss: 0.987654, accuracy: 94.32, correct: 943, total: 1000, Is best: True",
            log.Lines("training_progress.log").Single(l => l.Contains("Validation")));
    }
}
