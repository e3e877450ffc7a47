using System.Globalization;
using FastTrainLog.Analysis;
using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Indexing;
using FastTrainLog.Tool.Tests.Runs;
using FastTrainLog.Training;
using Microsoft.Data.Sqlite;
using Xunit;

namespace FastTrainLog.Tool.Tests.Indexing;

/// <summary>A step may have more series, and a model more layers, than the index has open at a time: each has its points, and is not read and written again at each step.</summary>
public sealed class ManySeriesTests : IDisposable
{
    private const int Metrics = 1300;
    private const int Layers = 700;
    private const int Steps = 60;

    private readonly LogDirectory _log = new();

    [Fact]
    public void A_run_whose_steps_have_more_series_than_are_open_at_a_time()
    {
        // So many that those that wait are written before the end.
        Log(800);
        (long rewritten, long blocks) = Index();
        Assert.InRange(rewritten, 1, blocks);
        using LogIndex index = LogIndex.Open(_log.Path)!;
        foreach (int metric in (int[])[0, 511, 512, 513, Metrics - 1])
        {
            Assert.Equal(Enumerable.Range(1, 800).Select(step => ValueOf(metric, step)), index.Buckets("wide", NameOf(metric), 1, 800, 800).Select(point => point.Last));
        }
    }

    [Fact]
    public void Such_a_run_that_was_resumed_has_the_points_of_the_last_process_from_there_on()
    {
        Log(Steps);
        using (TrainLogging logging = Create())
        {
            using TrainingRun run = TrainingRun.Resume(logging, "wide", 41, Options);
            LogSteps(run, 41, Steps, 1_000_000.0);
        }

        using LogIndex index = LogIndex.Open(_log.Path)!;
        index.Update(cancellation: TestContext.Current.CancellationToken);
        foreach (int metric in (int[])[0, 511, 512, 513, Metrics - 1])
        {
            IReadOnlyList<IndexedBucket> points = index.Buckets("wide", NameOf(metric), 1, Steps, Steps);
            Assert.Equal(Enumerable.Range(1, Steps).Select(step => ((long)step, ValueOf(metric, step) + (step > 40 ? 1_000_000.0 : 0.0))), points.Select(point => (point.FirstStep, point.Last)));
        }
    }

    [Fact]
    public void Two_runs_at_once_in_one_log()
    {
        using (TrainLogging logging = Create())
        {
            using TrainingRun one = TrainingRun.Start(logging, Options with { RunId = "one" });
            using TrainingRun other = TrainingRun.Start(logging, Options with { RunId = "other" });
            for (int step = 1; step <= Steps; step++)
            {
                LogSteps(one, step, step, 0.0);
                LogSteps(other, step, step, 5000.0);
            }
        }

        using LogIndex index = LogIndex.Open(_log.Path)!;
        index.Update(cancellation: TestContext.Current.CancellationToken);
        foreach ((string run, double more) in (ReadOnlySpan<(string, double)>)[("one", 0.0), ("other", 5000.0)])
        {
            Assert.True(index.Series(run).Count >= Metrics);
            foreach (int metric in (int[])[0, 300, Metrics - 1])
            {
                Assert.Equal(Enumerable.Range(1, Steps).Select(step => ValueOf(metric, step) + more), index.Buckets(run, NameOf(metric), 1, Steps, Steps).Select(point => point.Last));
            }
        }
    }

    [Fact]
    public void A_model_of_more_layers_with_histograms_than_are_open_at_a_time()
    {
        _log.With("run.jsonl",
        [
            RunRecord.Start(0, "deep"),
            .. Enumerable.Range(1, Steps).SelectMany(step => Enumerable.Range(0, Layers).Select(layer =>
                RunRecord.Of(1, "deep", 1106, "GradientHistogram", $$"""  "Step":{{step}},"Layer":"layer{{layer}}","Bins":{"2^0":{{layer + step}},"2^1":1}""", "numerical_stability"))),
        ]);
        (long rewritten, long blocks) = Index();
        Assert.InRange(rewritten, 0, blocks / 10);
        using LogIndex index = LogIndex.Open(_log.Path)!;
        RunFigures run = Assert.Single(index.Runs());
        foreach (int layer in (int[])[0, 255, 256, Layers - 1])
        {
            IReadOnlyList<IndexedHistogram> columns = index.Histograms(new RunName(run.Id, run.Rank), $"layer{layer}", 1, Steps, Steps);
            Assert.Equal(Enumerable.Range(1, Steps).Select(step => ((long)step, (long)(layer + step))), columns.Select(column => (column.FirstStep, column.Elements[0])));
        }
    }

    public void Dispose() => _log.Dispose();

    private static TrainingRunOptions Options => new() { Model = "Net", TotalSteps = Steps, RecordOrigin = false };

    private static double ValueOf(int metric, int step) => (metric * 1000.0) + step;

    private static string NameOf(int metric) => string.Create(CultureInfo.InvariantCulture, $"metrics/m{metric}");

    private static void LogSteps(TrainingRun run, int first, int last, double more)
    {
        for (int step = first; step <= last; step++)
        {
            run.LogStep(1, step, 1.0, 0.1, metrics: [.. Enumerable.Range(0, Metrics).Select(metric => new Metric(string.Create(CultureInfo.InvariantCulture, $"m{metric}"), ValueOf(metric, step) + more))]);
        }
    }

    private TrainLogging Create() => TrainLogging.Create(new TrainLogOptions { LogDirectory = _log.Path, EnableConsoleLogging = false });

    private void Log(int steps)
    {
        using TrainLogging logging = Create();
        using TrainingRun run = TrainingRun.Start(logging, Options with { RunId = "wide" });
        LogSteps(run, 1, steps, 0.0);
    }

    /// <summary>Indexes the log, and returns how often a block of the index was written again, and how many blocks there are.</summary>
    private (long Rewritten, long Blocks) Index()
    {
        string file = _log.PathOf(".fasttrainlog.index");
        IndexStore.Open(file).Dispose();
        _ = Query(file, "CREATE TABLE rewritten (name TEXT); CREATE TRIGGER rewrite AFTER UPDATE ON blocks BEGIN INSERT INTO rewritten VALUES (new.name); END; SELECT 0");
        using (LogIndex index = LogIndex.Open(_log.Path)!)
        {
            index.Update(cancellation: TestContext.Current.CancellationToken);
        }

        return (Query(file, "SELECT count(*) FROM rewritten"), Query(file, "SELECT count(*) FROM blocks"));
    }

    private static long Query(string file, string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }
}
