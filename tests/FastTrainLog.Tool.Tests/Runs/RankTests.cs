using System.Text.Json;
using FastTrainLog.Analysis;
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

    private static int Ranks => Campaign.IsLong ? 32 : 8;

    public void Dispose() => _root.Dispose();

    [Theory]
    [InlineData("shared")]
    [InlineData("own")]
    public void Of_processes_that_train_together_the_slow_one_the_one_with_NaN_and_the_one_that_disagrees_are_told(string place)
    {
        RankProcesses.Train(
            Ranks,
            rank => place == "own" ? _root.PathOf($"host/rank-{rank}") : _root.Path,
            rank => rank switch { Slow => "slow", NotANumber => "nan", Apart => "apart", _ => "none" });

        LogAnalysis analysis = Analyze();

        RankFigures ranks = analysis.Ranks!;
        Assert.Equal(("together", Ranks, "completed"), (analysis.Run.Name, ranks.Each.Count, analysis.Run.Outcome));
        Assert.Single(analysis.Runs);
        Assert.Empty(ranks.Missing);
        Assert.Empty(ranks.Silent);
        Assert.Equal(Slow, ranks.StepTimes!.Slowest);
        Assert.Contains(ranks.Stragglers, straggler => straggler.Rank == Slow && straggler.Score >= 3.5);
        Assert.Equal((NotANumber, 20L, "fc1.weight", "NaN"), ((int)ranks.FirstNonFinite!.Rank!, ranks.FirstNonFinite.Step, ranks.FirstNonFinite.Location, ranks.FirstNonFinite.Type));
        Assert.Equal([(NotANumber, "loss", 20L, 29L), (Apart, "gradient_norm", 20L, 29L)], ranks.Disagreements.Select(d => ((int)d.Rank, d.Series, d.FirstStep, d.Steps)));
        Assert.Equal(0.5, ranks.Disagreements[1].LargestDifference, 1e-6);
        Assert.Equal(29, analysis.Stability.Layers.Single(layer => layer.Location == "fc1.weight").Count);
        Assert.Equal(48, analysis.Progress.Steps);

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

        Assert.Equal((20L, 20L, 20L), (analysis.Run.Steps, analysis.Progress.Steps, analysis.Progress.Loss!.Count));
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
