using System.Text.Json;
using FastTrainLog.Gradients;
using FastTrainLog.Monitoring.Snapshots;
using FastTrainLog.Series;
using FastTrainLog.Tests.Pipeline;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Tests.Monitoring.Snapshots;

public sealed partial class RunSnapshotTests
{
    private static readonly TrainingRunOptions Options = new()
    {
        Model = "DemoModel",
        RunId = "run-1",
        Rank = 1,
        WorldSize = 2,
        Epochs = 5,
        TotalSteps = 150,
        BatchSize = 32,
        LearningRate = 0.001,
        Optimizer = "Adam",
    };

    [Fact]
    public void A_snapshot_as_JSON_has_the_references_monitoring_data()
    {
        using TrainLogging logging = TestLog.Create(new CollectingSink());
        using TrainingRun run = TrainingRun.Start(logging, Options);
        var gradients = new GradientStatistics { LayerCount = 1, Norm = 1.5, StabilityScore = 0.9, ClippingRatio = 0.1 };
        run.LogStep(1, 9, 2.5, 0.001);
        run.LogStep(1, 10, 2.345678, 0.001, gradients, accuracy: 0.5, phase: "warmup", metrics: [("batch_loss", double.NaN), ("accuracy", 0.25)]);
        run.LogCheckpoint(2, 50, 1.234567, "no-such-file.pth", [("accuracy", 94.32)]);
        run.LogValidation(2, 75, 0.987654, [("accuracy", 94.32), ("correct", 943)]);
        run.LogValidation(3, 100, 1.5);
        run.LogError(new InvalidOperationException("CUDA out of memory"), "inference", [new("num_images", 4)], recovery: "retry", recovered: false);
        run.LogPerformance("inference", TimeSpan.FromSeconds(2.345), 13.62, 4, gpuBytes: 1 << 30, gpuUtilization: 75);
        run.LogModelOperation("model_loading", "Stable", success: true, TimeSpan.FromSeconds(15.25), [new("debug", true)]);
        run.LogNumericalIssue(new NumericalIssue(NumericalIssueType.Spike, IssueSeverity.Low, "loss") { Step = 9 });
        Assert.True(logging.Flush());

        JsonElement json = JsonDocument.Parse(run.Snapshot().ToJson()).RootElement;
        Assert.Equal(("run-1", 1, 2), (json.GetProperty("run_id").GetString(), json.GetProperty("rank").GetInt32(), json.GetProperty("world_size").GetInt32()));
        JsonElement progress = json.GetProperty("training_progress");
        Assert.Equal((1, 10, 150), (progress.GetProperty("epoch").GetInt32(), progress.GetProperty("step").GetInt64(), progress.GetProperty("total_steps").GetInt64()));
        Assert.Equal(
            [100.0 * 10 / 150, 2.345678, 0.001, 0.5, 1.5, 0.9, 0.1],
            new[] { "progress_percentage", "loss", "learning_rate", "accuracy", "gradient_norm", "stability_score", "clipping_ratio" }.Select(name => progress.GetProperty(name).GetDouble()));
        Assert.Equal("warmup", progress.GetProperty("phase").GetString());
        Assert.Matches(@"^\d\d:\d\d:\d\d(\.\d00000+)?$", progress.GetProperty("eta").GetString());
        Assert.Equal("NaN", progress.GetProperty("metrics").GetProperty("batch_loss").GetString());
        Assert.InRange(progress.GetProperty("timestamp").GetDateTime(), DateTime.UtcNow.AddMinutes(-10), DateTime.UtcNow);

        JsonElement config = json.GetProperty("training_config");
        Assert.Equal(("DemoModel", "Adam", 5), (config.GetProperty("model_name").GetString(), config.GetProperty("optimizer").GetString(), config.GetProperty("total_epochs").GetInt32()));
        JsonElement checkpoint = json.GetProperty("checkpoints")[0];
        Assert.Equal(("no-such-file.pth", "saved", 50), (checkpoint.GetProperty("checkpoint_path").GetString(), checkpoint.GetProperty("state").GetString(), checkpoint.GetProperty("step").GetInt32()));
        JsonElement validations = json.GetProperty("validation_results");
        Assert.Equal([true, false], validations.EnumerateArray().Select(validation => validation.GetProperty("is_best").GetBoolean()));
        Assert.Equal(943, validations[0].GetProperty("val_metrics").GetProperty("correct").GetDouble());
        Assert.Equal(0.987654, json.GetProperty("best_validation").GetProperty("val_loss").GetDouble());
        JsonElement error = json.GetProperty("errors")[0];
        Assert.Equal("System.InvalidOperationException", error.GetProperty("error_type").GetString());
        Assert.Equal(("OutOfMemory", "inference", "retry"), (error.GetProperty("category").GetString(), error.GetProperty("context").GetString(), error.GetProperty("recovery").GetString()));
        Assert.Equal("4", error.GetProperty("additional_data").GetProperty("num_images").GetString());
        Assert.Equal(10, error.GetProperty("step").GetInt64());
        JsonElement performance = json.GetProperty("performance_metrics")[0];
        Assert.Equal(("00:00:02.3450000", 13.62, 4), (performance.GetProperty("duration").GetString(), performance.GetProperty("throughput").GetDouble(), performance.GetProperty("batch_size").GetInt32()));
        Assert.Equal(1 << 30, performance.GetProperty("memory_usage").GetProperty("gpu").GetInt64());
        JsonElement operation = json.GetProperty("model_operations")[0];
        Assert.Equal(("Stable", true, "True"), (operation.GetProperty("model_name").GetString(), operation.GetProperty("success").GetBoolean(), operation.GetProperty("details").GetProperty("debug").GetString()));
        Assert.Equal("Spike", json.GetProperty("numerical_issues")[0].GetProperty("type").GetString());
        // A metric that bears the name of one of the run's own series has another one.
        JsonElement series = json.GetProperty("series");
        Assert.Equal(0.5, series.GetProperty("accuracy").GetProperty("buckets")[0].GetProperty("last").GetDouble());
        Assert.Equal(0.25, series.GetProperty("metrics.accuracy").GetProperty("buckets")[0].GetProperty("last").GetDouble());
        Assert.Equal("NaN", series.GetProperty("batch_loss").GetProperty("non_finite")[0].GetProperty("value").GetString());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("end").ValueKind);
        Assert.Equal("running", json.GetProperty("outcome").GetString());

        run.End(success: true, metrics: [("accuracy", 95)]);
        Assert.True(logging.Flush());
        EndEntry end = run.Snapshot().End!;
        Assert.Equal((RunOutcome.Completed, 2, 2.345678, 1, 1), (end.Outcome, end.Steps, end.FinalLoss, end.Issues, end.Errors));
        Assert.Equal(95, end.Metrics["accuracy"]);
    }

    [Fact]
    public void Snapshots_taken_while_threads_log_are_consistent_and_miss_nothing_in_the_end()
    {
        const int Steps = 20_000;
        using TrainLogging logging = TestLog.Create(new CollectingSink());
        using TrainingRun run = TrainingRun.Start(logging, Options);
        using TrainingRun other = TrainingRun.Start(logging, Options with { RunId = "run-2" });
        var ended = new ManualResetEventSlim(false);
        Thread[] writers =
        [
            new(() => LogSteps(run, Steps)),
            new(() => LogSteps(other, Steps)),
            new(() => Repeat(Steps / 10, i => run.LogPerformance($"operation {i}", TimeSpan.FromSeconds(i)))),
        ];
        int taken = 0;
        Exception? failure = null;
        Thread[] readers = [.. Enumerable.Range(0, 2).Select(_ => new Thread(() =>
        {
            try
            {
                while (!ended.IsSet)
                {
                    foreach (RunSnapshot snapshot in logging.Snapshot().Runs)
                    {
                        AssertConsistent(snapshot);
                    }

                    Interlocked.Increment(ref taken);
                }
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        }))];
        Array.ForEach([.. readers, .. writers], thread => thread.Start());
        Array.ForEach(writers, thread => thread.Join());
        Assert.True(logging.Flush(TimeSpan.FromMinutes(1)));
        ended.Set();
        Array.ForEach(readers, thread => thread.Join());
        Assert.Null(failure);
        Assert.True(taken > 0);
        RunSnapshot last = run.Snapshot();
        Assert.Equal((Steps, Steps), (last.TrainingProgress!.Step, last.Series["loss"].Points));
        Assert.Equal(Steps / 10, last.PerformanceMetrics.Count + last.LeftOut.PerformanceMetrics);
        Assert.Equal("operation 0", last.PerformanceMetrics[0].Operation);
        Assert.Equal($"operation {(Steps / 10) - 1}", last.PerformanceMetrics[^1].Operation);
        Assert.Equal(["run-1", "run-2"], logging.Snapshot().Runs.Select(snapshot => snapshot.RunId));
    }

    [Fact]
    public void Runs_that_have_ended_are_forgotten_beyond_sixteen_but_their_own_snapshot_stays()
    {
        using TrainLogging logging = TestLog.Create(new CollectingSink());
        using TrainingRun lasting = TrainingRun.Start(logging, Options with { RunId = "lasting" });
        TrainingRun first = Run("0");
        for (int i = 1; i < 30; i++)
        {
            Run($"{i}");
        }

        Assert.Equal(["lasting", .. Enumerable.Range(15, 15).Select(i => $"{i}")], logging.Snapshot().Runs.Select(run => run.RunId));
        Assert.Equal((1, true), (first.Snapshot().Series["loss"].Points, first.Snapshot().Outcome == RunOutcome.Completed));

        TrainingRun Run(string id)
        {
            using TrainingRun run = TrainingRun.Start(logging, Options with { RunId = id });
            run.LogStep(1, 1, 0.5, 0.1);
            run.End(success: true);
            Assert.True(logging.Flush());
            return run;
        }
    }

    [Fact]
    public void Another_message_with_the_number_of_a_steps_event_disturbs_nothing()
    {
        using TrainLogging logging = TestLog.Create(new CollectingSink());
        using TrainingRun run = TrainingRun.Start(logging, Options);
        ForeignStep(logging.GetLogger(LogCategories.TrainingProgress), 7);
        run.LogStep(1, 1, 0.5, 0.1);
        Assert.True(logging.Flush());
        Assert.Equal((1, 1), (run.Snapshot().TrainingProgress!.Step, run.Snapshot().Series["loss"].Points));
    }

    [Fact]
    public void Another_message_with_the_number_of_an_event_in_a_category_of_its_own_is_not_remembered()
    {
        using TrainLogging logging = TestLog.Create(new CollectingSink());
        using TrainingRun run = TrainingRun.Start(logging, Options);
        ForeignPerformance(logging.GetLogger("Loader"), "theirs");
        ForeignPerformance(logging.GetLogger(LogCategories.System), "theirs too");
        run.LogPerformance("ours", TimeSpan.FromSeconds(1));
        Assert.True(logging.Flush());
        Assert.Equal("ours", Assert.Single(run.Snapshot().PerformanceMetrics).Operation);
    }

    [Fact]
    public void A_snapshot_does_not_change_with_what_comes_later()
    {
        using TrainLogging logging = TestLog.Create(new CollectingSink());
        using TrainingRun run = TrainingRun.Start(logging, Options);
        LogOfEach(run, 1);
        Assert.True(logging.Flush());
        RunSnapshot before = run.Snapshot();
        string json = before.ToJson();
        LogOfEach(run, 2);
        Assert.True(logging.Flush());
        Assert.Equal(json, before.ToJson());
        Assert.NotEqual(json, run.Snapshot().ToJson());
    }

    [Fact]
    public void A_run_ten_times_as_long_is_remembered_in_as_little()
    {
        using TrainLogging logging = TestLog.Create(new CollectingSink());
        using TrainingRun run = TrainingRun.Start(logging, Options);
        Repeat(1000, i => LogOfEach(run, i));
        Assert.True(logging.Flush(TimeSpan.FromMinutes(1)));
        int length = run.Snapshot().ToJson().Length;
        Repeat(9000, i => LogOfEach(run, 1000 + i));
        Assert.True(logging.Flush(TimeSpan.FromMinutes(1)));
        RunSnapshot snapshot = run.Snapshot();

        // Buckets are between 256 and 512.
        Assert.InRange(snapshot.ToJson().Length, 0, (int)(2.2 * length));
        SeriesSnapshot loss = snapshot.Series["loss"];
        Assert.Equal((10_000, MetricSeries.MostNonFinite, 10_000 - MetricSeries.MostNonFinite), (loss.Points, loss.NonFinite.Count, loss.NonFiniteLeftOut));
        Assert.Equal(
            (9800, 9800, 9800, 9800, 9800, 9800),
            (snapshot.LeftOut.Checkpoints, snapshot.LeftOut.ValidationResults, snapshot.LeftOut.Errors, snapshot.LeftOut.NumericalIssues, snapshot.LeftOut.PerformanceMetrics, snapshot.LeftOut.ModelOperations));
    }

    [Fact]
    public void A_trace_is_kept_up_to_4096_characters()
    {
        using TrainLogging logging = TestLog.Create(new CollectingSink());
        using TrainingRun run = TrainingRun.Start(logging, Options);
        run.LogError(new InvalidOperationException(new string('x', 10_000)), "inference");
        Assert.True(logging.Flush());
        string trace = Assert.Single(run.Snapshot().Errors).Traceback;
        Assert.Equal(4096, trace.Length);
        Assert.StartsWith("System.InvalidOperationException: xxx", trace, StringComparison.Ordinal);
    }

    [Fact]
    public void Gradients_that_come_late_stand_at_their_own_step()
    {
        using TrainLogging logging = TestLog.Create(new CollectingSink());
        using TrainingRun run = TrainingRun.Start(logging, Options);
        run.LogStep(1, 9, 0.5, 0.1);
        run.LogGradients(new GradientStatistics { LayerCount = 1, Step = 7, Norm = 2.5 });
        Assert.True(logging.Flush());
        Assert.Equal((7L, 2.5), Assert.Single(run.Snapshot().Series["gradient_norm"].Buckets.Select(bucket => (bucket.FirstStep, bucket.Last))));
    }

    [Fact]
    public void The_best_validation_is_not_the_last()
    {
        using TrainLogging logging = TestLog.Create(new CollectingSink());
        using TrainingRun run = TrainingRun.Start(logging, Options);
        run.LogValidation(1, 10, 0.5);
        run.LogValidation(2, 20, 0.7);
        Assert.True(logging.Flush());
        Assert.Equal((10, 20), (run.Snapshot().BestValidation!.Step, run.Snapshot().ValidationResults[^1].Step));
    }

    [Fact]
    public void Metrics_beyond_the_first_32_have_no_series_and_are_counted()
    {
        using TrainLogging logging = TestLog.Create(new CollectingSink());
        using TrainingRun run = TrainingRun.Start(logging, Options);
        run.LogStep(1, 1, 0.5, 0.1, metrics: [.. Enumerable.Range(0, 40).Select(i => new Metric($"m{i}", i))]);
        Assert.True(logging.Flush());
        RunSnapshot snapshot = run.Snapshot();
        Assert.Equal((32, 8, 40), (snapshot.Series.Keys.Count(name => name[0] == 'm'), snapshot.LeftOut.Series, snapshot.TrainingProgress!.Metrics.Count));
    }

    private static void LogSteps(TrainingRun run, int steps) => Repeat(steps, i => run.LogStep(1, i + 1, i + 1, 0.1, metrics: [("twice", 2.0 * (i + 1))]));

    private static void LogOfEach(TrainingRun run, int i)
    {
        run.LogStep(1, i, double.NaN, 0.1, metrics: [("twice", 2.0 * i)]);
        run.LogCheckpoint(1, i, 0.5, "model.bin");
        run.LogValidation(1, i, 1.0 + i);
        run.LogError(new IOException("busy"), "read");
        run.LogPerformance("read", TimeSpan.FromSeconds(i));
        run.LogModelOperation("load", "Net", success: true);
    }

    private static void Repeat(int count, Action<int> action)
    {
        for (int i = 0; i < count; i++)
        {
            action(i);
        }
    }

    // A step's loss is its number, and its metric twice that.
    private static void AssertConsistent(RunSnapshot snapshot)
    {
        if (snapshot.TrainingProgress is { } progress)
        {
            Assert.Equal(progress.Step, progress.Loss);
            Assert.Equal(2 * progress.Loss, progress.Metrics["twice"]);
            Assert.Equal(progress.Step, snapshot.Series["loss"].Points);
            Assert.Equal(progress.Loss, snapshot.Series["loss"].Buckets[^1].Last);
            Assert.Equal(progress.Step, snapshot.Series["twice"].Points);
        }
    }

    [TrainLog(TrainingEvents.Performance, Microsoft.Extensions.Logging.LogLevel.Information, "{Operation}")]
    private static partial void ForeignPerformance(TrainLogger logger, string operation);

    [TrainLog(TrainingEvents.Step, Microsoft.Extensions.Logging.LogLevel.Information, "a step of another kind: {Step}")]
    private static partial void ForeignStep(TrainLogger logger, long step);
}
