using System.Diagnostics;
using System.Text.Json;
using FastTrainLog.Analysis;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Crash.Tests;

/// <summary>A run whose process is killed and that another one goes on with is one run.</summary>
public sealed class ResumeTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fasttrainlog-resume-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_run_killed_at_60_and_resumed_at_41_is_one_of_100_steps(bool flushed)
    {
        KillAtSixty(flushed);
        RunFigures killed;
        TimeSpan first;
        using (TrainLogging logging = Open())
        {
            Assert.True(logging.Flush());
            killed = LogAnalysis.Read(_directory, cancellation: TestContext.Current.CancellationToken).Run;
            first = TimeSpan.FromSeconds(killed.DurationSeconds);
            Assert.Equal(("the-run", "killed", 60, 1), (killed.Name, killed.Outcome, killed.LastStep, killed.Sessions));
            using TrainingRun run = TrainingRun.Resume(logging, "the-run", fromStep: 41);
            Assert.Equal(new BestValidation(1.0 / 60, 1, 60), run.Best);
            for (int step = 41; step <= 100; step++)
            {
                run.LogStep(2, step, 50.0 - (step / 4.0), 1e-3);
                Assert.False(step == 60 && run.LogValidation(2, step, 0.5));
            }

            Assert.True(logging.Flush());
            Assert.Equal("running", LogAnalysis.Read(_directory, cancellation: TestContext.Current.CancellationToken).Run.Outcome);
            run.End(success: true);
        }

        LogAnalysis analysis = LogAnalysis.Read(_directory, cancellation: TestContext.Current.CancellationToken);
        RunFigures only = Assert.Single(analysis.Runs, run => run.Id is not null);
        Assert.Equal(("the-run", "completed", null, 2, 100), (only.Name, only.Outcome, only.Reason, only.Sessions, only.LastStep));
        Assert.Equal((100, 100.0), (analysis.Progress.Steps, analysis.Progress.Percent));
        // Each step once, those of the second process.
        Assert.Equal(100, analysis.Progress.Loss!.Count);
        Assert.Equal((25.0, 100, 99.0, 1), (analysis.Progress.Loss.Minimum, analysis.Progress.Loss.MinimumStep, analysis.Progress.Loss.Maximum, analysis.Progress.Loss.MaximumStep));
        Assert.Equal((1.0 / 60, 60), (analysis.Progress.BestValidation!.Loss, analysis.Progress.BestValidation.Step));
        Assert.Equal([20, 40, 60], analysis.Progress.Validations.Select(validation => validation.Step));
        Assert.InRange(analysis.Progress.DurationSeconds, first.TotalSeconds, first.TotalSeconds + (only.Ended - only.Started).TotalSeconds);
    }

    [Fact]
    public void A_recovery_of_nothing_is_no_trouble_and_no_run()
    {
        KillAtSixty(flushed: true);
        using (TrainLogging logging = Open())
        {
            Assert.Equal(0, Assert.Single(logging.RecoveredJournals).Records);
        }

        Assert.DoesNotContain(Records(), record => record.GetProperty("event_id").GetInt32() == 9003);
        Assert.Equal(["the-run"], LogAnalysis.Read(_directory, cancellation: TestContext.Current.CancellationToken).Runs.Select(run => run.Name));
    }

    [Fact]
    public void A_run_that_begins_under_the_name_of_one_before_keeps_its_best()
    {
        KillAtSixty(flushed: false);
        using TrainLogging logging = Open();
        using TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "Child", TotalSteps = 100, RunId = "the-run" });
        Assert.False(run.LogValidation(1, 80, 0.2));
        Assert.True(run.LogValidation(1, 100, 0.001));
    }

    [Fact]
    public void What_the_program_says_of_the_best_and_of_the_options_counts()
    {
        KillAtSixty(flushed: false);
        using TrainLogging logging = Open();
        using TrainingRun run = TrainingRun.Resume(
            logging, "the-run", 61, new TrainingRunOptions { Model = "Other", BestMetric = "accuracy", HigherIsBetter = true }, new BestValidation(0.9, 3, 55));
        Assert.False(run.LogValidation(1, 80, 0.0, [("accuracy", 0.8)]));
        Assert.True(run.LogValidation(1, 100, 7.0, [("accuracy", 0.95)]));
    }

    [Fact]
    public void A_run_that_the_directory_does_not_know_needs_options()
    {
        using TrainLogging logging = Open();
        ArgumentException error = Assert.Throws<ArgumentException>(() => TrainingRun.Resume(logging, "no-such-run", 5));
        Assert.Contains("'no-such-run': give its options too, or begin a new one with TrainingRun.Start.", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => TrainingRun.Resume(logging, "no-such-run", 0));
        using TrainingRun run = TrainingRun.Resume(logging, "no-such-run", 5, new TrainingRunOptions { Model = "M" });
        Assert.Equal("no-such-run", run.Id);
    }

    [Theory]
    [InlineData("exp/a")]
    [InlineData("exp_a")]
    [InlineData("..")]
    [InlineData("säule 頁")]
    public void Every_name_of_a_run_can_be_resumed(string id)
    {
        string longId = id + new string('x', 300);
        using TrainLogging logging = Open();
        foreach (string name in new[] { id, longId })
        {
            using (TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = $"of {name}", RunId = name }))
            {
                run.LogValidation(1, 1, name.Length);
                run.End(success: true);
            }

            using TrainingRun resumed = TrainingRun.Resume(logging, name, 2);
            Assert.Equal(name.Length, resumed.Best!.Value.Value);
            resumed.End(success: true);
        }
    }

    private TrainLogging Open() => TrainLogging.Create(options => (options.LogDirectory, options.EnableConsoleLogging, options.ResourceInterval) = (_directory, false, TimeSpan.Zero));

    // With all that it logged in the files, or with all of it in the journal alone.
    private void KillAtSixty(bool flushed)
    {
        using Process child = Child.StartRun("sixty-of-a-hundred", _directory, flushed ? null : TimeSpan.FromMinutes(1));
        Assert.Equal("ready", child.StandardOutput.ReadLine());
        child.Kill();
        Assert.True(child.WaitForExit(TimeSpan.FromMinutes(1)));
    }

    private JsonElement[] Records() => [.. File.ReadLines(Path.Combine(_directory, "run.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)];
}
