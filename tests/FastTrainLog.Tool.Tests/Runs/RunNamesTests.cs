using FastTrainLog.Analysis;
using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Ranks;
using FastTrainLog.Tool.Tests.Export;
using Microsoft.Data.Sqlite;
using Xunit;

namespace FastTrainLog.Tool.Tests.Runs;

/// <summary>By what a run and its ranks are told apart, and what a name on a command line means.</summary>
public sealed class RunNamesTests : IDisposable
{
    private readonly LogDirectory _log = new();

    [Fact]
    public void Ranks_are_runs_of_their_own_in_every_command_and_export()
    {
        WriteRanks();

        Assert.Equal(["mr/0", "mr/1"], _log.Analyze().Runs.Select(run => run.Name));
        Assert.Matches(@"^run\s+mr\n", ToolRun.Of("compare", _log.Path).Output);
        string[] both = ["compare", $"{_log.Path}#mr/0", $"{_log.Path}#mr/1"];
        Assert.Matches(@"^run\s+mr/0\s+mr/1\n", ToolRun.Of(both).Output);
        Assert.Contains("1000 at 1", Row(ToolRun.Of(both).Output, "best loss"), StringComparison.Ordinal);

        Assert.Equal(0, ToolRun.Of("export", _log.Path, "--format", "csv", "--out", _log.PathOf("steps.csv")).Code);
        string[] header = File.ReadLines(_log.PathOf("steps.csv")).First().Split(',');
        string[][] rows = [.. File.ReadLines(_log.PathOf("steps.csv")).Skip(1).Select(line => line.Split(','))];
        Assert.Equal([("mr/0", "0"), ("mr/1", "1")], rows.Select(row => (row[1], row[Array.IndexOf(header, "rank")])).Distinct().Order());

        Assert.Equal(0, ToolRun.Of("export", _log.Path, "--format", "sqlite", "--out", _log.PathOf("run.db")).Code);
        Assert.Equal(["mr/0|0|3", "mr/1|1|3"], Query("SELECT run || '|' || rank || '|' || count(*) FROM steps GROUP BY run ORDER BY run"));
        Assert.Equal(["mr|1|2|500.5|1.0|1000.0|0", "mr|2|2|500.5|1.0|1000.0|0", "mr|3|2|500.5|1.0|1000.0|0"], Query("SELECT run || '|' || step || '|' || ranks || '|' || loss || '|' || loss_minimum || '|' || loss_maximum || '|' || non_finite FROM merged_steps ORDER BY step"));
        Assert.Equal(["mr/0|0|4", "mr/1|1|4"], Query("SELECT run || '|' || rank || '|' || count(*) FROM records GROUP BY run ORDER BY run"));

        Assert.Equal(0, ToolRun.Of("export", _log.Path, "--format", "tensorboard", "--out", _log.PathOf("events")).Code);
        foreach (int rank in new[] { 0, 1 })
        {
            List<TensorBoardReader.Value> values = TensorBoardReader.Read(Directory.GetFiles(_log.PathOf($"events/mr/{rank}")).Single());
            Assert.Equal([1L, 2, 3], values.Where(value => value.Tag == "train/loss").Select(value => value.Step));
            Assert.All(values.Where(value => value.Tag == "train/loss"), value => Assert.Equal(rank == 0 ? 1f : 1000f, value.Scalar));
        }
    }

    [Theory]
    [InlineData("mr/1", 4)]
    [InlineData("mr", 8)]
    [InlineData("MR/0", 4)]
    [InlineData("m", 8)]
    public void A_rank_is_chosen_by_the_name_that_analyze_shows(string run, int records)
    {
        WriteRanks();

        (int code, _, string error) = ToolRun.Of("export", _log.Path, "--format", "jsonl", "--out", _log.PathOf("out.jsonl"), "--run", run);

        Assert.True(code == 0, error);
        Assert.Equal(records, File.ReadLines(_log.PathOf("out.jsonl")).Count());
        Assert.Equal(records, ToolRun.Of("tail", _log.Path, "--no-follow", "-n", "100", "--run", run).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(run.EndsWith("/1", StringComparison.Ordinal) ? "mr/1" : "mr/0", _log.Analyze(run).Run.Name);
        Assert.Equal(0, ToolRun.Of("compare", $"{_log.Path}#{run}").Code);
    }

    [Fact]
    public void A_run_whose_identifier_reads_like_a_rank_has_a_name_of_its_own()
    {
        _log.With("run.jsonl", [.. new[] { 0, 1 }.SelectMany(rank => new[] { RunRecord.Start(rank, "a", rank: rank, ranks: 2), RunRecord.Step(rank + 0.1, "a", 1, 1.0 + rank, rank, 2) }), RunRecord.Start(5, "a/1"), RunRecord.Step(6, "a/1", 1, 9)]);

        Assert.Equal(["a/0", "a/1", "a/1/"], _log.Analyze().Runs.Select(run => run.Name));
        foreach ((string wanted, string[] names, string compared) in new[] { ("a", new[] { "a/0", "a/1" }, "a"), ("a/1", ["a/1"], "a/1"), ("a/1/", ["a/1/"], "a/1/") })
        {
            Assert.Equal(names[0], _log.Analyze(wanted).Run.Name);
            Assert.Equal(compared, RunAnalysis.Read(_log.Path, wanted, cancellation: TestContext.Current.CancellationToken).Run.Name);
            Assert.Matches($@"^run\s+{compared}\n", ToolRun.Of("compare", $"{_log.Path}#{wanted}").Output);
            Assert.Equal(2 * names.Length, ToolRun.Of("tail", _log.Path, "--no-follow", "-n", "100", "--run", wanted).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
            Assert.Equal(0, ToolRun.Of("export", _log.Path, "--format", "csv", "--out", _log.PathOf("steps.csv"), "--run", wanted, "--force").Code);
            Assert.Equal(names, File.ReadLines(_log.PathOf("steps.csv")).Skip(1).Select(line => line.Split(',')[1]));
        }
    }

    [Fact]
    public void Different_runs_have_different_names()
    {
        RunName[] runs = [.. new[] { null, "no-run", "no-run/", "a", "a/", "a/1", "a/1/", "a/1/1", "a/-1", "a/01", "a/b", "1" }.SelectMany(id => new[] { new RunName(id, null), new RunName(id, 1), new RunName(id, -1) }.Take(id is null ? 1 : 3))];

        Assert.Equal(runs.Length, runs.Select(run => run.ToString()).Distinct().Count());
        Assert.Equal(["a", "a/b", "1", "a/1"], [new RunName("a", null).ToString(), new RunName("a/b", null).ToString(), new RunName("1", null).ToString(), new RunName("a", 1).ToString()]);
    }

    [Fact]
    public void An_exact_identifier_wins_over_longer_ones_wherever_it_stands()
    {
        foreach (string[] order in new[] { new[] { "exp1", "exp10", "exp100" }, ["exp100", "exp10", "exp1"], ["exp10", "exp1", "exp100"] })
        {
            _log.With("run.jsonl", [.. order.SelectMany((run, i) => new[] { RunRecord.Start(10 * i, run), RunRecord.Step((10 * i) + 1, run, 1, i) })]);
            foreach (string run in order)
            {
                Assert.Equal(run, _log.Analyze(run).Run.Name);
                Assert.Matches($@"^run\s+{run}\n", ToolRun.Of("compare", $"{_log.Path}#{run}").Output);
                Assert.Equal(0, ToolRun.Of("export", _log.Path, "--format", "jsonl", "--out", _log.PathOf("out.jsonl"), "--run", run, "--force").Code);
                Assert.All(File.ReadLines(_log.PathOf("out.jsonl")), line => Assert.Contains($"\"run\":\"{run}\"", line));
                Assert.Equal(2, ToolRun.Of("tail", _log.Path, "--no-follow", "-n", "100", "--run", run).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
            }

            // How several begin is one of none, and all of them where several may be meant.
            Assert.Contains("Several runs", Assert.Throws<LogNotFoundException>(() => _log.Analyze("exp")).Message);
            Assert.Equal((1, true), (ToolRun.Of("compare", $"{_log.Path}#exp").Code, ToolRun.Of("compare", $"{_log.Path}#exp").Error.Contains("Several runs", StringComparison.Ordinal)));
            Assert.Equal(0, ToolRun.Of("export", _log.Path, "--format", "jsonl", "--out", _log.PathOf("out.jsonl"), "--run", "exp", "--force").Code);
            Assert.Equal(6, File.ReadLines(_log.PathOf("out.jsonl")).Count());
        }
    }

    [Theory]
    [InlineData("export")]
    [InlineData("analyze")]
    [InlineData("compare")]
    [InlineData("tail")]
    public void A_run_that_is_not_there_is_an_error_with_the_likely_one(string command)
    {
        WriteRanks();
        string[] arguments = command switch
        {
            "export" => ["export", _log.Path, "--format", "csv", "--out", _log.PathOf("tables"), "--run", "mr/2"],
            "analyze" => ["analyze", _log.Path, "--run", "mr/2"],
            "compare" => ["compare", $"{_log.Path}#mr/2"],
            _ => ["tail", _log.Path, "--no-follow", "--run", "mr/2"],
        };

        (int code, string output, string error) = ToolRun.Of(arguments);

        Assert.Equal((1, string.Empty), (code, output));
        Assert.Contains("There is no run 'mr/2'", error);
        Assert.Contains("did you mean 'mr/0'?", error);
        Assert.Contains("mr/0, mr/1", error);
        Assert.False(Path.Exists(_log.PathOf("tables")));
    }

    [Theory]
    [InlineData("--category", "trainingprogress", "the category 'trainingprogress': did you mean 'training_progress'?")]
    [InlineData("--event", "Stp", "the event 'Stp': did you mean 'Step'?")]
    [InlineData("--event", "4711", "the event '4711'.")]
    [InlineData("--grep", "nowhere", "matches the option")]
    [InlineData("--level", "error", "matches the option")]
    public void Options_that_match_nothing_are_an_error_in_every_format(string option, string value, string expected)
    {
        WriteRanks();
        foreach ((string format, string name) in new[] { ("csv", "t"), ("jsonl", "a.jsonl"), ("parquet", "p"), ("sqlite", "r.db"), ("tensorboard", "e") })
        {
            (int code, string output, string error) = ToolRun.Of("export", _log.Path, "--format", format, "--out", _log.PathOf(name), option, value);

            Assert.Equal((1, string.Empty), (code, output));
            Assert.Contains(expected, error);
            Assert.False(Path.Exists(_log.PathOf(name)), format);
            Assert.Empty(Directory.GetFiles(_log.Path, "*.partial", SearchOption.AllDirectories));
        }

        (int tailed, string none, string told) = ToolRun.Of("tail", _log.Path, "--no-follow", option, value);
        Assert.Equal((1, string.Empty), (tailed, none));
        Assert.Contains(expected, told);
    }

    [Fact]
    public void A_sign_in_the_names_of_directories_and_runs_is_no_trouble()
    {
        string directory = Directory.CreateDirectory(_log.PathOf("logs#1")).FullName;
        File.WriteAllLines(Path.Combine(directory, "run.jsonl"), [RunRecord.Start(0, "a#b"), RunRecord.Step(1, "a#b", 1, 1), RunRecord.Start(2, "c"), RunRecord.Step(3, "c", 1, 1)]);

        Assert.Matches(@"^run\s+a#b\n", ToolRun.Of("compare", $"{directory}#a#b").Output);
        Assert.Matches(@"^run\s+a#b\s+c\n", ToolRun.Of("compare", directory).Output);
        Assert.Contains("no run 'x'", ToolRun.Of("compare", $"{directory}#x").Error);
    }

    [Fact]
    public void A_step_of_any_size_is_drawn_and_counted_and_a_run_under_way_is_told_as_such()
    {
        _log.With("run.jsonl", RunRecord.Start(0, "a"), RunRecord.Step(1, "a", 1, 2), RunRecord.Step(2, "a", long.MaxValue, 1), RunRecord.Step(3, "a", -5, 1));

        string output = ToolRun.Of("compare", _log.Path).Output;

        Assert.DoesNotContain("-9.22", output);
        Assert.Contains("over 9.22e+18 steps", output);
        Assert.Equal(_log.Analyze().Run.Outcome, Row(output, "outcome").Trim());
        Assert.DoesNotContain("failed", output);
    }

    public void Dispose() => _log.Dispose();

    private void WriteRanks() => _log
        .With("run.jsonl", [RunRecord.Start(0, "mr", rank: 0, ranks: 2), .. Enumerable.Range(1, 3).Select(step => RunRecord.Step(step, "mr", step, 1, rank: 0, ranks: 2))])
        .With("run.2.jsonl", [RunRecord.Start(0.1, "mr", rank: 1, ranks: 2), .. Enumerable.Range(1, 3).Select(step => RunRecord.Step(step + 0.1, "mr", step, 1000, rank: 1, ranks: 2))]);

    private static string Row(string output, string name) => output.Split('\n').Single(line => line.StartsWith(name, StringComparison.Ordinal) && line[name.Length] == ' ')[name.Length..];

    private List<string> Query(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_log.PathOf("run.db")};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        using SqliteDataReader reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }
}
