using System.Text.Json;
using FastTrainLog.Tests.Pipeline;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Tests.Training;

public sealed class RunTests
{
    public static TheoryData<string, TrainingRunOptions> Wrong => new()
    {
        { "Model", RunLog.Options with { Model = " " } },
        { "Epochs", RunLog.Options with { Epochs = 0 } },
        { "TotalSteps", RunLog.Options with { TotalSteps = -1 } },
        { "BatchSize", RunLog.Options with { BatchSize = 0 } },
        { "BestMetric", RunLog.Options with { BestMetric = string.Empty } },
        { "CheckpointGuard", RunLog.Options with { CheckpointGuard = (CheckpointGuard)7 } },
        { "RunId", RunLog.Options with { RunId = string.Empty } },
        { "WorldSize", RunLog.Options with { WorldSize = 0 } },
        { "Rank", RunLog.Options with { Rank = 4, WorldSize = 4 } },
    };

    [Fact]
    public void The_start_reads_as_in_the_reference_and_tells_of_the_system()
    {
        using var log = new RunLog(RunLog.Options with { RunId = "run-7" });
        Assert.EndsWith(
            "TRAINING - INFO - Training started - Model: DemoModel, Epochs: 5, Steps: 150, Batch Size: 32, LR: 1.00e-03, Optimizer: Adam, Run: run-7",
            log.Lines("training_progress.log").Single());
        JsonElement system = log.Properties(TrainingEvents.SystemStatistics);
        Assert.Equal(Environment.ProcessorCount, system.GetProperty("ProcessorCount").GetInt32());
        Assert.True(system.GetProperty("ProcessBytes").GetInt64() > 0);
        Assert.True(system.GetProperty("DiskFreeBytes").GetInt64() > 0);
        // What is left is less than all.
        Assert.InRange(system.GetProperty("AvailableBytes").GetInt64(), 1, system.GetProperty("TotalBytes").GetInt64() - 1);
        Assert.Contains(log.Lines("system.json"), l => l.Contains("\"event\":\"SystemStatistics\""));
        Assert.Contains("run-7", log.Lines("main.log").Single());
    }

    [Fact]
    public void A_process_that_trains_with_others_tells_its_rank()
    {
        using var log = new RunLog(RunLog.Options with { Rank = 3, WorldSize = 8 });
        Assert.EndsWith(", Rank: 3 of 8", log.Lines("training_progress.log").Single());
    }

    [Fact]
    public void The_end_sums_the_run_up()
    {
        using var log = new RunLog();
        log.Run.LogStep(1, 1, 0.5, 0.001);
        log.Run.LogStep(1, 2, double.NaN, 0.001);
        log.Run.LogStep(1, 3, 0.4, 0.001);
        log.Run.LogStep(1, 4, 0.3, 0.001);
        log.Run.LogValidation(1, 4, 0.25);
        log.Run.LogError(new IOException("x"), "read");
        RunSummary summary = log.Run.End(success: true, metrics: [("accuracy", 95.67)]);
        Assert.Equal((true, 4, 0.3, 0.25, 0.75, 1, 1), (summary.Success, summary.Steps, summary.FinalLoss, summary.Best, summary.SuccessRate, summary.Issues, summary.Errors));
        JsonElement end = log.Properties(TrainingEvents.RunCompleted);
        Assert.Equal(95.67, end.GetProperty("Metrics").GetProperty("accuracy").GetDouble());
        Assert.Equal(0.75, end.GetProperty("SuccessRate").GetDouble());
        Assert.EndsWith(
            "Error summary - Errors: 1, Numerical issues: 1, Steps: 4, Success rate: 75.0 %, By category: InputOutput: 1, By type: NaN: 1, Outcome: completed",
            log.Lines("errors.log")[^1]);
        Assert.Contains(log.Lines("system.log"), l => l.Contains("training_completed") && l.Contains("total_steps: 4"));
        Assert.Contains(log.Lines("performance.log"), l => l.Contains("Performance - training"));
        Assert.EndsWith("completed", log.Lines("main.log")[^1]);
    }

    [Fact]
    public void Who_searches_the_log_of_a_clean_run_for_ERROR_finds_nothing()
    {
        using var log = new RunLog();
        log.Run.LogStep(1, 1, 0.5, 0.001);
        log.Run.LogValidation(1, 1, 0.25);
        log.Run.End(success: true);
        string[] errors = log.Lines("errors.log");
        Assert.NotEmpty(errors);
        Assert.All(errors, line => Assert.DoesNotContain("ERROR", line, StringComparison.Ordinal));
    }

    [Fact]
    public void A_run_that_ends_early_says_why()
    {
        using var log = new RunLog();
        log.Run.End(success: false, "cancelled by Ctrl+C");
        log.Run.End(success: true);
        JsonElement record = log.Events(TrainingEvents.RunFailed).Single();
        Assert.Equal("WARNING", record.GetProperty("level").GetString());
        Assert.Equal("cancelled by Ctrl+C", record.GetProperty("properties").GetProperty("Reason").GetString());
        Assert.Empty(log.Events(TrainingEvents.RunCompleted));
    }

    [Fact]
    public void A_run_that_nobody_ends_is_logged_as_failed()
    {
        using var log = new RunLog();
        log.Run.Dispose();
        Assert.Equal("left without End", log.Properties(TrainingEvents.RunFailed).GetProperty("Reason").GetString());
    }

    [Theory]
    [InlineData(RunOutcome.Completed, "completed", TrainingEvents.RunCompleted)]
    [InlineData(RunOutcome.Failed, "failed", TrainingEvents.RunFailed)]
    [InlineData(RunOutcome.Cancelled, "cancelled", TrainingEvents.RunFailed)]
    [InlineData(RunOutcome.Stopped, "stopped", TrainingEvents.RunFailed)]
    public void Every_file_has_the_same_word_for_what_became_of_a_run(RunOutcome outcome, string word, int eventId)
    {
        using var log = new RunLog();
        Assert.Equal((outcome, outcome == RunOutcome.Completed), (log.Run.End(outcome).Outcome, log.Run.End(success: true).Success));
        Assert.Equal(word, log.Properties(eventId).GetProperty("Outcome").GetString());
        Assert.Contains($" - Training {word} ", log.Lines("training_progress.log")[^1]);
        Assert.Contains(log.Lines("errors.log"), line => line.EndsWith($", Outcome: {word}", StringComparison.Ordinal));
        Assert.EndsWith($" steps: {word}", log.Lines("main.log")[^1]);
        Assert.Contains(log.Lines("system.log"), line => line.Contains($"outcome: {word}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(RunOutcome.Running)]
    [InlineData(RunOutcome.Stalled)]
    [InlineData(RunOutcome.Killed)]
    [InlineData((RunOutcome)77)]
    public void A_run_cannot_be_ended_as_what_it_cannot_know(RunOutcome outcome)
    {
        using var log = new RunLog();
        Assert.Throws<ArgumentOutOfRangeException>(() => log.Run.End(outcome));
        Assert.Equal(RunOutcome.Completed, log.Run.End(success: true).Outcome);
    }

    [Theory]
    [InlineData(0, "Success rate: 0.0 %")]
    [InlineData(4, "Success rate: 80.0 %")]
    [InlineData(5000, "Success rate: 99.9 %")]
    public void A_run_that_fails_is_never_a_success_of_100_percent(int steps, string rate)
    {
        using var log = new RunLog();
        for (int step = 1; step <= steps; step++)
        {
            log.Run.LogStep(1, step, 1.0, 1e-3);
        }

        log.Run.End(new InvalidOperationException("out of memory in layer 3"));
        Assert.Contains(rate, log.Lines("errors.log")[^2] + log.Lines("errors.log")[^1]);
        Assert.Contains(log.Lines("errors.log"), line => line.Contains(" - ERROR - training failed - OutOfMemory: out of memory in layer 3", StringComparison.Ordinal));
        Assert.Equal("InvalidOperationException: out of memory in layer 3", log.Properties(TrainingEvents.RunFailed).GetProperty("Reason").GetString());
    }

    [Fact]
    public void What_is_logged_to_a_run_after_its_end_is_left_out_told_and_counted()
    {
        using var log = new RunLog();
        log.Run.LogStep(1, 1, 1.0, 1e-3);
        log.Run.End(success: true);
        log.Run.LogStep(1, 2, 9.0, 1e-3);
        log.Run.LogEpoch(1);
        Assert.False(log.Run.LogValidation(1, 2, 0.1));
        log.Run.LogCheckpoint(1, 2, 0.1, "model.bin");
        Assert.Equal(4, log.Run.CallsAfterEnd);
        log.Close();
        Assert.Single(log.Events(TrainingEvents.Step));
        Assert.Equal(("LogStep", 2), (log.Properties(TrainingEvents.LoggedAfterEnd).GetProperty("Call").GetString(), log.Properties(TrainingEvents.LoggedAfterEnd).GetProperty("AtStep").GetInt32()));
        Assert.Equal(4, log.Properties(TrainingEvents.CallsAfterEnd).GetProperty("Count").GetInt32());
    }

    [Fact]
    public void A_run_cannot_begin_in_a_closed_log()
    {
        TrainLogging logging = TestLog.Create(new CollectingSink());
        logging.Dispose();
        Assert.Throws<ObjectDisposedException>(() => TrainingRun.Start(logging, RunLog.Options));
        Assert.Throws<ObjectDisposedException>(() => TrainingRun.Resume(logging, "a", 1, RunLog.Options));
    }

    [Fact]
    public void A_healthy_run_leaves_a_word_in_errors_log()
    {
        using var log = new RunLog();
        log.Run.End(success: true);
        Assert.EndsWith("Error summary - Errors: 0, Numerical issues: 0, Steps: 0, Success rate: 100.0 %, Outcome: completed", Assert.Single(log.Lines("errors.log")));
    }

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void A_wrong_option_is_refused_with_its_name_its_value_and_its_range(string option, TrainingRunOptions options)
    {
        using TrainLogging logging = TestLog.Create(new CollectingSink());
        ArgumentException error = Assert.Throws<ArgumentException>(() => TrainingRun.Start(logging, options));
        Assert.Equal(option, error.ParamName);
        Assert.Matches($@"^TrainingRunOptions\.{option} is '.*', but must be .+\.", error.Message);
    }
}
