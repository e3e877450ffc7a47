using System.Text.Json;
using FastTrainLog.Analysis;
using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Indexing;
using FastTrainLog.Ranks;
using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Tool.Tests.Runs;

/// <summary>The ranks of a run as one, in <c>analyze</c> and <c>compare</c>.</summary>
public sealed class RankTests : IDisposable
{
    private const int Slow = 3;
    private const int NotANumber = 4;
    private const int Apart = 2;

    private readonly LogDirectory _root = new();

    private static int Ranks => Campaign.Of(5, 8, 32);

    public void Dispose() => _root.Dispose();

    [Theory]
    [InlineData("shared")]
    [InlineData("own")]
    [InlineData("below a root")]
    public void Of_processes_that_train_together_the_slow_one_the_one_with_NaN_and_the_one_that_disagrees_are_told(string place)
    {
        RankProcesses.Train(
            Ranks,
            rank => place switch
            {
                "own" => _root.PathOf($"rank-{rank}"),
                "below a root" => _root.PathOf($"cluster/host-{rank % 3}/{string.Join('/', Enumerable.Repeat("deep", rank % 4))}/rank-{rank}"),
                _ => _root.Path,
            },
            rank => rank switch { Slow => "slow", NotANumber => "nan", Apart => "apart", _ => "none" });

        LogAnalysis analysis = Analyze();

        RankFigures ranks = analysis.Ranks!;
        Assert.Equal(("together", Ranks, "completed"), (analysis.Run.Name, ranks.Each.Count, analysis.Run.Outcome));
        // A process that has to wait for long may log that outside of the run.
        Assert.Single(analysis.Runs, run => run.Id is not null);
        Assert.Empty(ranks.Missing);
        Assert.Empty(ranks.Silent);
        Assert.Equal(Slow, ranks.StepTimes!.Slowest);
        Assert.Contains(ranks.Stragglers, straggler => straggler.Rank == Slow && straggler.Score >= 3.5);
        Assert.Equal((NotANumber, 20L, "fc1.weight", "NaN"), ((int)ranks.FirstNonFinite!.Rank!, ranks.FirstNonFinite.Step, ranks.FirstNonFinite.Location, ranks.FirstNonFinite.Type));
        Assert.Equal([(NotANumber, "loss", 20L, 29L), (Apart, "gradient_norm", 20L, 29L)], ranks.Disagreements.Select(d => ((int)d.Rank, d.Series, d.FirstStep, d.Steps)));
        Assert.Equal(0.5, ranks.Disagreements[1].LargestDifference, 1e-6);
        Assert.Equal(29, analysis.Stability.Layers.Single(layer => layer.Location == "fc1.weight").Count);
        Assert.Equal(48, analysis.Progress.Steps);
        Assert.Equal((48L * Ranks, 29L, 2.0, 2.0 / 48), (analysis.Progress.Loss!.Count, analysis.Progress.Loss.NonFinite, analysis.Progress.Loss.First, analysis.Progress.Loss.Last));

        LogAnalysis alone = Analyze(rank: Slow);
        Assert.Null(alone.Ranks);
        Assert.Equal("together/3", alone.Run.Name);

        (int code, string output, string error) = ToolRun.Of("compare", _root.Path);
        Assert.True(code == 0, error);
        Assert.Matches(@"(?m)^run\s+together$", output);
        Assert.Matches($@"(?m)^ranks\s+{Ranks}$", output);
        Assert.Matches(@"(?m)^slowest rank\s+3, ", output);
        Assert.Matches(@"(?m)^first non-finite\s+rank 4 at 20, fc1.weight$", output);
        Assert.Matches(@"(?m)^disagreeing ranks\s+2 4$", output);
        Assert.Matches(@"(?m)^run\s+together/3$", ToolRun.Of("compare", _root.Path, "--rank", "3").Output);
        Assert.Equal(1, JsonDocument.Parse(ToolRun.Of("runs", _root.Path, "--json").Output).RootElement.GetProperty("runs").GetArrayLength());
        string page = _root.PathOf("page.html");
        Assert.Contains("First non-finite: rank 4 at step 20, NaN in fc1.weight", ToolRun.Of("analyze", _root.Path, "--html", page).Output, StringComparison.Ordinal);
        string html = File.ReadAllText(page);
        Assert.Contains("<h2>Ranks</h2>", html, StringComparison.Ordinal);
        Assert.Contains("First non-finite: rank 4 at step 20, NaN in fc1.weight", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Ranks_in_a_directory_and_below_it_are_one_run_and_those_that_are_not_there_are_missing()
    {
        _root.With("run.jsonl", Lines(0, 4, 10));
        Write("nodes/b", Lines(2, 4, 10));
        Write("other", [RunRecord.Start(0, "other"), RunRecord.Step(1, "other", 1, 1)]);

        LogAnalysis analysis = Analyze();

        Assert.Equal([0L, 2], analysis.Ranks!.Each.Select(rank => rank.Rank));
        Assert.Equal([1L, 3], analysis.Ranks.Missing);
        Assert.Equal(2 * 11, analysis.Run.Records);
        Assert.Equal("r", analysis.Run.Name);
        Assert.Equal("No record of: ranks 1, 3", ToolRun.Of("analyze", _root.Path).Output.Split('\n').Select(line => line.Trim()).Single(line => line.StartsWith("No record", StringComparison.Ordinal)));
        Assert.Contains("There is no rank 3 of the run 'r'", ToolRun.Of("analyze", _root.Path, "--rank", "3").Error, StringComparison.Ordinal);
        Assert.Equal("other", RunAnalysis.Read(_root.PathOf("other"), cancellation: TestContext.Current.CancellationToken).Run.Name);
    }

    [Fact]
    public void A_rank_that_logs_nothing_while_others_go_on_for_long_fell_silent()
    {
        _root.With("run.jsonl", [.. Lines(0, 3, 400), .. Lines(1, 3, 100), .. Lines(2, 3, 400)]);

        RankFigures ranks = Analyze().Ranks!;

        Assert.Equal([1L], ranks.Silent);
        Assert.Equal(100, ranks.Each[1].LastStep);
    }

    [Fact]
    public void Losses_that_each_rank_has_of_its_own_are_no_disagreement()
    {
        _root.With("run.jsonl", [.. Enumerable.Range(0, 4).SelectMany(rank => Lines(rank, 4, 300, step => 1.0 / step * (1.0 + (0.01 * rank))))]);

        RankFigures ranks = Analyze().Ranks!;

        Assert.Empty(ranks.Disagreements);
        Assert.Equal(["loss"], ranks.OwnSeries);
    }

    [Theory]
    [InlineData(5_000, 3_777)]
    [InlineData(70_000, 65_001)]
    public void One_step_of_many_at_which_a_rank_differs_is_found(int steps, int wrong)
    {
        _root.With("run.jsonl", [.. Enumerable.Range(0, 3).SelectMany(rank => Lines(rank, 3, steps, step => rank == 1 && step == wrong ? 1.001 : 1.0 + (step % 7)))]);

        RankDisagreement found = Assert.Single(Analyze().Ranks!.Disagreements);

        Assert.Equal((1L, "loss", wrong, 1L, steps), (found.Rank, found.Series, (int)found.FirstStep, found.Steps, (int)found.ComparedSteps));
    }

    [Fact]
    public void Rounding_is_no_disagreement()
    {
        _root.With("run.jsonl", [.. Enumerable.Range(0, 4).SelectMany(rank => Lines(rank, 4, 300, step => (1.0 / step) * (1.0 + (1e-6 * rank))))]);

        RankFigures ranks = Analyze().Ranks!;

        Assert.Empty(ranks.Disagreements);
        Assert.Empty(ranks.OwnSeries);
    }

    [Fact]
    public void What_a_resumed_rank_repeated_counts_once()
    {
        _root.With("run.jsonl", [.. Lines(0, 2, 10), .. Lines(1, 2, 10), .. Lines(0, 2, 20, first: 6), .. Lines(1, 2, 20, first: 6)]);

        LogAnalysis analysis = Analyze();

        Assert.Equal((20L, 20L, 2 * 20L), (analysis.Run.Steps, analysis.Progress.Steps, analysis.Progress.Loss!.Count));
        Assert.Equal(2, analysis.Run.Sessions);
        Assert.Empty(analysis.Ranks!.Disagreements);
    }

    [Fact]
    public void Processes_that_train_alone_are_no_ranks_though_they_have_the_same_name()
    {
        Write("a", [RunRecord.Start(0, "same"), RunRecord.Step(1, "same", 1, 1)]);
        Write("b", [RunRecord.Start(5, "same"), RunRecord.Step(6, "same", 1, 2)]);

        LogAnalysis analysis = Analyze();

        Assert.Null(analysis.Ranks);
        Assert.Equal(2.0, analysis.Run.LastLoss);
        Assert.Equal(2, JsonDocument.Parse(ToolRun.Of("runs", _root.Path, "--json").Output).RootElement.GetProperty("runs").GetArrayLength());
    }

    [Fact]
    public void Merged_ranks_are_the_mean_between_the_least_and_the_greatest()
    {
        _root.With("run.jsonl", [.. Enumerable.Range(0, 3).SelectMany(rank => Lines(rank, 3, 100, step => (rank, step) switch { (1, 70) => double.NaN, (1, 40) => 0.25, (2, 60) => 9.0, _ => 1.0 + rank + step }))]);

        LogAnalysis analysis = Analyze();
        ValueFigures loss = analysis.Progress.Loss!;

        Assert.Equal((300L, 1L, 3.0, 102.0, 102.0), (loss.Count, loss.NonFinite, loss.First, loss.Last, analysis.Run.LastLoss));
        Assert.Equal((0.25, 40L, 103.0, 100L), (loss.Minimum, loss.MinimumStep, loss.Maximum, loss.MaximumStep));
        Assert.Equal([(1L, 2.0, 3.0, 4.0, 0L), (60, 9.0, (61 + 62 + 9.0) / 3, 62.0, 0), (70, 71.0, 72.0, 73.0, 1)], loss.Series.Where(point => point.Position is 1 or 60 or 70).Select(point => (point.Position, point.Minimum, Math.Round(point.Mean, 9), point.Maximum, point.NonFinite)));
        string compared = ToolRun.Of("compare", _root.Path).Output;
        Assert.Matches(@"(?m)^final loss\s+102$", compared);
        Assert.Matches(@"(?m)^best loss\s+0.25 at 40$", compared);
        JsonElement curve = JsonDocument.Parse(ToolRun.Of("compare", _root.Path, "--json").Output).RootElement.GetProperty("runs")[0].GetProperty("loss");
        Assert.Equal((61 + 62 + 9.0) / 3, curve.EnumerateArray().Single(point => point.GetProperty("step").GetInt64() == 60).GetProperty("mean").GetDouble(), 1e-9);
        Assert.Equal(102.0, JsonDocument.Parse(ToolRun.Of("runs", _root.Path, "--json").Output).RootElement.GetProperty("runs")[0].GetProperty("loss").GetDouble());
    }

    [Fact]
    public void Every_point_of_every_rank_is_in_one_merged_bucket_also_if_ranks_begin_end_and_log_at_other_steps()
    {
        (int First, int Last, int Every)[] ranks = [(1, 3000, 1), (500, 2600, 1), (1, 3000, 3), (7, 3500, 7)];
        double Loss(int rank, int step) => (rank, step) switch { (1, 700) => double.NaN, (3, 2002) => double.PositiveInfinity, _ => Math.Sin(step) + rank };
        var points = ranks.SelectMany((rank, number) => Enumerable.Range(rank.First, rank.Last - rank.First + 1).Where(step => step % rank.Every == 0).Select(step => (Rank: number, Step: step, Value: Loss(number, step)))).ToList();
        _root.With("run.jsonl", [.. points.OrderBy(point => point.Step).Select(point => RunRecord.Step(point.Step + (0.1 * point.Rank), "r", point.Step, point.Value, point.Rank, ranks.Length))]);
        using LogIndex index = LogIndex.OpenInMemory(_root.Path);
        index.Update(cancellation: TestContext.Current.CancellationToken);
        var merged = new MergedSeries(ranks.Select((_, rank) => index.SeriesOf(new RunName("r", rank), "train/loss")));
        foreach ((long from, long to, int count) in new[] { (long.MinValue, long.MaxValue, 1), (long.MinValue, long.MaxValue, 40), (0, 5000, 512), (450, 2700, 100), (2590, 2610, int.MaxValue), (4000, 5000, 10) })
        {
            IReadOnlyList<IndexedBucket> buckets = merged.Buckets(from, to, count);
            var inside = points.Where(point => point.Step >= from && point.Step <= to).ToList();
            Assert.InRange(buckets.Count, inside.Count == 0 ? 0 : Math.Min(count, 20) / 2, count);
            Assert.Equal(inside.Count, buckets.Sum(bucket => bucket.Count));
            foreach (IndexedBucket bucket in buckets)
            {
                var own = inside.Where(point => point.Step >= bucket.FirstStep && point.Step <= bucket.LastStep).ToList();
                double[] finite = [.. own.Select(point => point.Value).Where(double.IsFinite)];
                double[] lasts = [.. own.GroupBy(point => point.Rank).Select(group => group.MaxBy(point => point.Step).Value).Where(double.IsFinite)];
                Assert.Equal((own.Min(point => point.Step), own.Max(point => point.Step), own.Count, own.Count - finite.Length), (bucket.FirstStep, bucket.LastStep, bucket.Count, bucket.NonFiniteCount));
                Assert.Equal((finite.Min(), finite.Max()), (bucket.Minimum, bucket.Maximum));
                Assert.Equal(finite.Average(), bucket.Mean, 1e-9);
                if (count != 1)
                {
                    Assert.Equal(lasts.Average(), bucket.Last, 1e-9);
                }
            }
        }

        Assert.Equal(points.Select(point => point.Step).Distinct().Count(), merged.Buckets(long.MinValue, long.MaxValue, int.MaxValue).Count);
    }

    private static string[] Lines(int rank, int ranks, int steps, Func<int, double>? loss = null, int first = 1) =>
    [
        RunRecord.Start((first - 1) + (0.1 * rank), "r", rank: rank, ranks: ranks),
        .. Enumerable.Range(first, steps - first + 1).Select(step => RunRecord.Step(step + (0.1 * rank), "r", step, loss?.Invoke(step) ?? 1.0 / step, rank, ranks)),
    ];

    private void Write(string directory, string[] lines)
    {
        Directory.CreateDirectory(_root.PathOf(directory));
        File.WriteAllLines(Path.Combine(_root.PathOf(directory), "run.jsonl"), lines);
    }

    private LogAnalysis Analyze(int? rank = null) => RunAnalysis.Read(_root.Path, rank: rank, cancellation: TestContext.Current.CancellationToken);
}
