using System.Text.Json;
using FastTrainLog.Analysis;
using FastTrainLog.Tool.Tests.Export;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Tool.Tests.Runs;

/// <summary>Steps, times, losses, the best and the outcome of a run are the same in every command, however it was logged.</summary>
public sealed class RunCourseTests
{
    [Fact]
    public void A_resumed_run_is_one_run_whose_later_steps_count()
    {
        using var log = new LogDirectory();
        Train(log, logging => TrainingRun.Start(logging, Options with { RunId = "r", TotalSteps = 100 }), run =>
        {
            Steps(run, 1, 60, static step => 200.0 - step);
            run.LogValidation(1, 40, 0.3);
            run.LogValidation(1, 60, 0.2);
            run.End(RunOutcome.Cancelled, "Ctrl+C");
        });
        double first = log.Analyze().Run.DurationSeconds;
        Train(log, logging => TrainingRun.Resume(logging, "r", 41), run =>
        {
            Steps(run, 41, 100, static step => 100.0 - step);
            Assert.False(run.LogValidation(1, 60, 0.4));
            Assert.False(run.LogValidation(1, 100, 0.25));
            run.End(success: true);
        });

        LogAnalysis analysis = log.Analyze();
        Assert.Equal(("completed", 2, 100, 100), (analysis.Run.Outcome, analysis.Run.Sessions, analysis.Run.LastStep, analysis.Progress.Steps));
        Assert.Equal((100, 199.0, 1, 0.0, 100), (analysis.Progress.Loss!.Count, analysis.Progress.Loss.Maximum, analysis.Progress.Loss.MaximumStep, analysis.Progress.Loss.Minimum, analysis.Progress.Loss.MinimumStep));
        Assert.Equal((0.2, 60), (analysis.Progress.BestValidation!.Loss, analysis.Progress.BestValidation.Step));
        Assert.InRange(analysis.Run.DurationSeconds, first, (analysis.Run.Ended - analysis.Run.Started).TotalSeconds + 0.01);
        JsonElement compared = Compare(log);
        Assert.Equal(("completed", 100, 0.0, 0.2), (compared.GetProperty("outcome").GetString(), compared.GetProperty("steps").GetInt32(), compared.GetProperty("final_loss").GetDouble(), compared.GetProperty("best_validation_loss").GetDouble()));
        Assert.Equal((analysis.Run.DurationSeconds, analysis.Progress.Throughput!.Overall), (compared.GetProperty("duration_seconds").GetDouble(), compared.GetProperty("throughput").GetDouble()));
        string[] steps = Rows(log, "steps.csv");
        Assert.Equal(101, steps.Length);
        Assert.Equal(100, steps[1..].Select(row => row.Split(',')[Column(steps[0], "step")]).Distinct().Count());
    }

    [Fact]
    public void A_resumed_run_keeps_its_name_its_tags_and_its_configuration()
    {
        using var log = new LogDirectory();
        TrainingRunOptions options = Options with
        {
            RunId = "r",
            TotalSteps = 100,
            Name = "the first",
            Group = "sweep",
            Tags = ["small", "baseline"],
            Config = new Dictionary<string, object?>
            {
                ["optimizer"] = new Dictionary<string, object?> { ["betas"] = new[] { 0.9, 0.999 }, ["amsgrad"] = false, ["schedule"] = null },
                ["hub.api_key"] = "hunter2",
                ["seed"] = long.MaxValue,
                ["hash"] = ulong.MaxValue,
                ["limit"] = double.PositiveInfinity,
                ["since"] = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc),
                ["patience"] = TimeSpan.FromMinutes(90),
            },
            RecordOrigin = false,
        };
        Train(log, logging => TrainingRun.Start(logging, options), run => Steps(run, 1, 60, static _ => 1.0));
        RunFigures first = log.Analyze().Run;
        Assert.Equal(("the first", "sweep", "small, baseline", "0.999"), (first.Title, first.Group, string.Join(", ", first.Tags), first.Configuration["optimizer.betas.1"]));
        for (int again = 0; again < 2; again++)
        {
            Train(log, logging => TrainingRun.Resume(logging, "r", 41), run => Steps(run, 41, 100, static _ => 0.5));
            RunFigures resumed = log.Analyze().Run;
            Assert.Equal(again + 2, resumed.Sessions);
            Assert.Equal((first.Title, first.Group), (resumed.Title, resumed.Group));
            Assert.Equal(first.Tags, resumed.Tags);
            Assert.Equal(Lines(first.Configuration), Lines(resumed.Configuration));
        }
    }

    private static string[] Lines(IReadOnlyDictionary<string, string> values) => [.. values.Select(static pair => $"{pair.Key} = {pair.Value}")];

    [Fact]
    public void A_rollback_within_a_process_supersedes_the_steps_before_it()
    {
        using var log = new LogDirectory();
        Train(log, logging => TrainingRun.Start(logging, Options with { TotalSteps = 80 }), run =>
        {
            Steps(run, 1, 60, static _ => 9.0);
            Steps(run, 31, 50, static _ => 5.0);
            Steps(run, 41, 80, static _ => 1.0);
            Assert.Equal(80, run.End(success: true).Steps);
        });

        LogAnalysis analysis = log.Analyze();
        Assert.Equal((80, 80, (30 * 9.0 + (10 * 5.0) + 40) / 80), (analysis.Progress.Steps, analysis.Progress.Loss!.Count, analysis.Progress.Loss.Mean!.Value));
        Assert.Equal(80, Compare(log).GetProperty("loss").GetArrayLength());
        Assert.Equal(81, Rows(log, "steps.csv").Length);
    }

    [Theory]
    [InlineData(10, 1)]
    [InlineData(1, 5)]
    public void Steps_and_rates_are_those_of_steps_however_often_one_is_logged(int distance, int records)
    {
        using var log = new LogDirectory();
        Train(log, logging => TrainingRun.Start(logging, Options with { TotalSteps = 40 * distance, BatchSize = 32 }), run =>
        {
            for (int step = distance; step <= 40 * distance; step += distance)
            {
                for (int i = 0; i < records; i++)
                {
                    Thread.Sleep(1);
                    run.LogStep(1, step, 1.0, 1e-3);
                }
            }

            run.End(success: true);
        });

        LogAnalysis analysis = log.Analyze();
        Assert.Equal(40 * distance, analysis.Progress.Steps);
        double rate = analysis.Progress.StepsPerSecond!.Value;
        // Calls counted for steps would be five or ten times off; a thread that is interrupted between its clock and its record less.
        Assert.InRange(analysis.Progress.Throughput!.Overall, 0.4 * 32 * rate, 2.5 * 32 * rate);
        Assert.InRange(analysis.Performance.StepSeconds!.Mean, 0.4 / rate, 2.5 / rate);
        JsonElement compared = Compare(log);
        Assert.Equal((40 * distance, analysis.Progress.Throughput.Overall), (compared.GetProperty("steps").GetInt32(), compared.GetProperty("throughput").GetDouble()));
    }

    [Fact]
    public void Steps_of_a_validation_are_no_training_anywhere()
    {
        using var log = new LogDirectory();
        Train(log, logging => TrainingRun.Start(logging, Options with { RunId = "r", TotalSteps = 20 }), run =>
        {
            Steps(run, 1, 20, static step => 2.0 / step);
            for (int batch = 1; batch <= 7; batch++)
            {
                run.LogStep(1, batch, 0.01, 0.0, phase: batch < 4 ? "validation" : "test");
            }

            Assert.Equal(0.1, run.End(success: true).FinalLoss);
        });

        LogAnalysis analysis = log.Analyze();
        Assert.Equal((20, 20, 20, 0.1, 0.1), (analysis.Progress.Steps, analysis.Progress.LastStep, analysis.Progress.Loss!.Count, analysis.Progress.Loss.Minimum, analysis.Run.LastLoss));
        JsonElement compared = Compare(log);
        Assert.Equal((20, 0.1, 0.1), (compared.GetProperty("steps").GetInt32(), compared.GetProperty("final_loss").GetDouble(), compared.GetProperty("best_loss").GetDouble()));
        Assert.Equal(28, Rows(log, "steps.csv").Length);
        string board = log.PathOf("board");
        Assert.Equal(0, ToolRun.Of("export", log.Path, "--format", "tensorboard", "--out", board).Code);
        var scalars = TensorBoardReader.Read(Directory.GetFiles(board, "*", SearchOption.AllDirectories).Single());
        Assert.Equal(20, scalars.Count(scalar => scalar.Tag == "train/loss"));
        Assert.Equal(3, scalars.Count(scalar => scalar.Tag == "validation_steps/loss"));
    }

    [Fact]
    public void The_best_is_that_of_the_metric_that_the_run_names_whoever_flagged_what()
    {
        using var log = new LogDirectory();
        Train(log, logging => TrainingRun.Start(logging, Options with { RunId = "r", BestMetric = "accuracy", HigherIsBetter = true }), run =>
        {
            run.LogValidation(1, 1, 0.9, [("accuracy", 0.5)]);
            run.LogValidation(1, 2, 0.8, [("accuracy", 0.9)]);
            run.LogValidation(1, 3, 0.1, [("accuracy", 0.7)]);
            run.End(success: true);
        });

        Assert.Equal((2, 0.8), (log.Analyze().Progress.BestValidation!.Step, Compare(log).GetProperty("best_validation_loss").GetDouble()));
    }

    [Fact]
    public void Average_throughput_weighs_steps_by_their_time()
    {
        using var log = new LogDirectory();
        File.WriteAllLines(log.PathOf("run.jsonl"), [
            RunRecord.Start(0, "r"),
            .. Enumerable.Range(1, 10).Select(step => RunRecord.Of(
                step, "r", 1001, "Step", $"\"Epoch\":1,\"Step\":{step},\"Loss\":1,\"LearningRate\":0.01,\"Phase\":\"training\",\"Throughput\":{(step % 2 == 0 ? 64000 : 64)},\"StepSeconds\":{(step % 2 == 0 ? "0.001" : "1")}")),
        ]);

        double expected = 10 * 64.0 / 5.005;
        Assert.Equal(expected, log.Analyze().Progress.Throughput!.Overall, 1e-6);
        Assert.Equal(expected, Compare(log).GetProperty("throughput").GetDouble(), 1e-6);
    }

    [Theory]
    [InlineData(7, 60, 41)]
    [InlineData(10, 60, 51)]
    [InlineData(1, 3, 2)]
    [InlineData(50, 50, 1)]
    public void A_resumed_run_of_any_stride_counts_each_step_once(int stride, int killedAt, int from)
    {
        using var log = new LogDirectory();
        const double StepSeconds = 2.0;
        long[] before = [.. Enumerable.Range(1, killedAt).Where(step => step % stride == 0).Select(static step => (long)step)];
        long[] after = [.. Enumerable.Range(from, 101 - from).Where(step => step % stride == 0).Select(static step => (long)step)];
        log.With("run.jsonl",
        [
            RunRecord.Start(0, "r", "\"TotalSteps\":100,\"BatchSize\":8"),
            .. before.Select(step => RunRecord.Step(step * StepSeconds, "r", step, 1.0)),
            RunRecord.Start(1000, "r", "\"TotalSteps\":100,\"BatchSize\":8"),
            .. after.Select(step => RunRecord.Step(1000 + ((step - from + 1) * StepSeconds), "r", step, 1.0)),
        ]);

        ProgressFigures progress = log.Analyze("r").Progress;

        Assert.Equal((after[^1], after[^1]), (progress.Steps, progress.LastStep));
        Assert.Equal((int)after[^1], Compare(log).GetProperty("steps").GetInt32());
    }

    [Fact]
    public void A_run_without_an_end_is_running_while_it_moves_and_stalled_when_it_does_not()
    {
        using var log = new LogDirectory();
        using (TrainLogging logging = Open(log))
        {
            using TrainingRun run = TrainingRun.Start(logging, Options with { RunId = "r" });
            Steps(run, 1, 3, static _ => 1.0);
            Assert.True(logging.Flush());
            Assert.Equal(("running", "running"), (log.Analyze().Run.Outcome, Compare(log).GetProperty("outcome").GetString()));
            Assert.Equal(RunOutcome.Running, run.Snapshot().Outcome);
        }

        File.WriteAllLines(log.PathOf("run.jsonl"), [RunRecord.Start(0, "r"), RunRecord.Step(1, "r", 1, 1.0)]);
        Assert.Equal(("stalled", "stalled"), (log.Analyze().Run.Outcome, Compare(log).GetProperty("outcome").GetString()));
    }

    private static TrainingRunOptions Options { get; } = new() { Model = "Net", BatchSize = 32 };

    private static TrainLogging Open(LogDirectory log) => TrainLogging.Create(options =>
        (options.LogDirectory, options.EnableConsoleLogging, options.ResourceInterval, options.BlockTimeout) = (log.Path, false, TimeSpan.Zero, TimeSpan.FromMinutes(1)));

    private static void Train(LogDirectory log, Func<TrainLogging, TrainingRun> start, Action<TrainingRun> train)
    {
        using TrainLogging logging = Open(log);
        using TrainingRun run = start(logging);
        train(run);
    }

    private static void Steps(TrainingRun run, int first, int last, Func<int, double> loss)
    {
        for (int step = first; step <= last; step++)
        {
            run.LogStep(1, step, loss(step), 1e-3);
        }
    }

    private static JsonElement Compare(LogDirectory log)
    {
        (int code, string output, string error) = ToolRun.Of("compare", log.Path, "--json");
        Assert.True(code == 0, error);
        using JsonDocument json = JsonDocument.Parse(output);
        return Assert.Single(json.RootElement.GetProperty("runs").EnumerateArray().ToArray()).Clone();
    }

    private static string[] Rows(LogDirectory log, string table)
    {
        string csv = log.PathOf("csv");
        (int code, _, string error) = ToolRun.Of("export", log.Path, "--format", "csv", "--out", csv, "--force");
        Assert.True(code == 0, error);
        return File.ReadAllLines(Path.Combine(csv, table));
    }

    private static int Column(string header, string name) => Array.IndexOf(header.Split(','), name);
}
