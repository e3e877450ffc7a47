using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using FastTrainLog.Indexing;
using FastTrainLog.Tests.Shared;
using FastTrainLog.Tool.Tests;
using FastTrainLog.Tool.Tests.Export;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Query.Tests;

/// <summary>A long run with the default options, killed in the middle and resumed, has every step exactly once for every reader.</summary>
/// <remarks>Of any length by <c>FTL_TEST_STEPS</c>, such as 10000000; a million with <c>FTL_TEST_LONG=1</c>.</remarks>
public sealed class LongRunTests : IDisposable
{
    private const int FlushedSteps = 2000;

    private static readonly long Steps = Environment.GetEnvironmentVariable("FTL_TEST_STEPS") is { } steps ? long.Parse(steps, CultureInfo.InvariantCulture) : Campaign.IsLong ? 1_000_000 : 20_000;

    private readonly LogDirectory _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public void Every_step_is_there_once_after_a_kill_in_the_middle_and_a_resume()
    {
        // Flushed up to here, and more than that in the journal alone; the last ones are repeated.
        long killedAt = (Steps / 2) + 777;
        long resumedFrom = (Steps / 2) + 1;
        Kill(killedAt);
        Resume(resumedFrom);

        (int code, string json, string error) = ToolRun.Of("analyze", _log.Path, "--json");
        Assert.True(code == 0, error);
        JsonElement analysis = JsonDocument.Parse(json).RootElement;
        JsonElement progress = analysis.GetProperty("progress");
        Assert.Equal((Steps, Steps), (progress.GetProperty("steps").GetInt64(), progress.GetProperty("last_step").GetInt64()));
        Assert.Equal(Steps, progress.GetProperty("loss").GetProperty("count").GetInt64());
        Assert.Equal(1.0, progress.GetProperty("loss").GetProperty("first").GetDouble());
        Assert.Equal(("completed", 2), (analysis.GetProperty("run").GetProperty("outcome").GetString(), analysis.GetProperty("run").GetProperty("sessions").GetInt32()));

        Assert.Equal($"n,steps,least,most\r\n{Steps},{Steps},1,{Steps}\r\n", Query("SELECT count(*) AS n, count(DISTINCT step) AS steps, min(step) AS least, max(step) AS most FROM steps"));
        Assert.Equal("starts\r\n2\r\n", Query("SELECT count(*) AS starts FROM runs"));

        using (LogIndex index = LogIndex.Open(_log.Path)!)
        {
            index.Update(cancellation: TestContext.Current.CancellationToken);
            for (long first = 1; first <= Steps; first += 1000)
            {
                IReadOnlyList<IndexedBucket> buckets = index.Buckets("long-run", "train/loss", first, first + 999, 1000);
                Assert.True(buckets.Index().All(bucket => (bucket.Item.FirstStep, bucket.Item.Count) == (first + bucket.Index, 1)) && buckets.Count == Math.Min(1000, Steps + 1 - first), $"steps from {first} on");
            }
        }

        Assert.Equal(0, ToolRun.Of("export", _log.Path, "--format", "tensorboard", "--out", _log.PathOf("events")).Code);
        var seen = new bool[Steps + 1];
        foreach (string file in Directory.GetFiles(_log.PathOf("events"), "*", SearchOption.AllDirectories))
        {
            TensorBoardReader.Each(file, value =>
            {
                if (value.Tag == "train/loss")
                {
                    Assert.False(seen[value.Step], $"step {value.Step} is there twice");
                    seen[value.Step] = true;
                }
            });
        }

        Assert.Equal(Steps, seen.LongCount(step => step));
    }

    private void Kill(long steps)
    {
        using Process child = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "FastTrainLog.Crash.Child.dll"), "long", _log.Path, "long-run", $"{steps}", $"{Steps}"]) { RedirectStandardOutput = true })!;
        Assert.Equal("ready", child.StandardOutput.ReadLine());
        child.Kill();
        child.WaitForExit();
    }

    private void Resume(long from)
    {
        using TrainLogging logging = TrainLogging.Create(options => (options.LogDirectory, options.EnableConsoleLogging, options.ShutdownTimeout) = (_log.Path, false, TimeSpan.FromMinutes(1)));
        using TrainingRun run = TrainingRun.Resume(logging, "long-run", from);
        for (long step = from; step <= Steps; step++)
        {
            run.LogStep(1, step, 1.0 / step, 1e-3);
            if (step % FlushedSteps == 0)
            {
                Assert.True(logging.Flush());
            }
        }

        run.End(success: true);
    }

    private string Query(string sql)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        Assert.True(QueryCommandLine.Run([_log.Path, sql, "--format", "csv"], TextReader.Null, output, error) == 0, error.ToString());
        return output.ToString();
    }
}
