using System.Diagnostics;
using FastTrainLog.Tool.Tests.Runs;
using Microsoft.Data.Sqlite;
using Xunit;

namespace FastTrainLog.Tool.Tests.Export;

/// <summary><c>export</c> of a directory with logs below it.</summary>
public sealed class RootExportTests : IDisposable
{
    private readonly LogDirectory _root = new();
    private readonly LogDirectory _out = new();

    public void Dispose()
    {
        _root.Dispose();
        _out.Dispose();
    }

    [Fact]
    public void Every_run_of_every_log_is_exported_and_those_of_one_name_are_told_apart()
    {
        Write("deep/er/a", RunRecord.Start(20, "same"), Step(21, "same", 1, 3, "late"));
        Write("b", RunRecord.Start(10, "same"), Step(11, "same", 1, 2, "early"), RunRecord.Start(12, "other"), RunRecord.Step(13, "other", 5, 4));
        Write("c", RunRecord.Of(1, null, 7000, "Own", ""));
        // A run that has the name which the second one of a name would get.
        Write("d", RunRecord.Start(5, "deep/er/a#same"), RunRecord.Step(6, "deep/er/a#same", 1, 9));

        Assert.Equal(0, Export("csv", "steps.csv").Code);
        List<string[]> rows = CsvReader.Read(_out.PathOf("steps.csv"));
        Assert.Equal(["early", "late"], rows[0][^2..]);
        string[] expected = ["same 2", "other 4", "deep/er/a#same 9", "deep/er/a#deep/er/a#same 3"];
        Assert.Equal(expected, rows.Skip(1).Select(row => $"{row[1]} {row[8]}"));
        Assert.Equal([["1", ""], ["", ""], ["", ""], ["", "1"]], rows.Skip(1).Select(row => row[^2..]));

        Assert.Equal(0, Export("parquet", "lake").Code);
        Assert.Equal(expected.Select(name => name[..^2]).Order(StringComparer.Ordinal), Directory.GetDirectories(_out.PathOf("lake/steps")).Select(run => Uri.UnescapeDataString(Path.GetFileName(run)["run=".Length..])).Order(StringComparer.Ordinal));

        Assert.Equal(0, Export("tensorboard", "events").Code);
        Assert.Equal([2f, 3f, 4f, 9f], Directory.GetFiles(_out.PathOf("events"), "*", SearchOption.AllDirectories).Select(file => Assert.Single(TensorBoardReader.Read(file), value => value.Tag == "train/loss").Scalar!.Value).Order());

        Assert.Equal(0, Export("jsonl", "all.jsonl").Code);
        Assert.Equal(9, File.ReadLines(_out.PathOf("all.jsonl")).Count());

        Assert.Equal(0, Export("sqlite", "run.db").Code);
        using var connection = new SqliteConnection($"Data Source={_out.PathOf("run.db")};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT group_concat(directory || ' ' || n, ', ') FROM (SELECT directory, count(*) AS n FROM records GROUP BY directory ORDER BY directory)";
        Assert.Equal("b 4, c 1, d 2, deep/er/a 2", command.ExecuteScalar());
    }

    [Fact]
    public void Of_a_log_the_ranks_below_it_are_exported_with_it_and_nothing_else()
    {
        Write(".", [.. Rank(0), RunRecord.Start(50, "alone"), RunRecord.Step(51, "alone", 1, 7)]);
        Write("nodes/b", Rank(1));
        Write("nodes/old", Rank(1, second: -100));
        Write("launcher", RunRecord.Start(0, "another"), RunRecord.Step(1, "another", 1, 8), RunRecord.Of(2, null, 7000, "Own", ""));

        Assert.Equal(0, Export("csv", "steps.csv").Code);

        Assert.Equal(["r/0 1 0", "r/0 2 0", "alone 7 ", "r/1 2 1", "r/1 3 1"], CsvReader.Read(_out.PathOf("steps.csv")).Skip(1).Select(row => $"{row[1]} {row[8]} {row[^1]}"));
        Assert.Equal(0, Export("csv", "merged.csv", "--merge-ranks").Code);
        Assert.Equal(["1 1.5 2", "2 2.5 2"], CsvReader.Read(_out.PathOf("merged.csv")).Where(row => row[1] == "r" && row[2] == "train/loss").Select(row => $"{row[3]} {row[4]} {row[7]}"));
    }

    [Fact]
    public void A_run_is_chosen_among_those_of_all_logs_and_steps_that_were_repeated_count_once_in_each()
    {
        Write("a", RunRecord.Start(0, "first"), RunRecord.Step(1, "first", 1, 9), RunRecord.Step(2, "first", 2, 9), RunRecord.Start(10, "first"), RunRecord.Step(11, "first", 2, 1));
        Write("b", RunRecord.Start(0, "second"), RunRecord.Step(1, "second", 1, 5), RunRecord.Step(2, "second", 2, 6));

        Assert.Equal(0, Export("csv", "steps.csv", "--run", "f").Code);
        Assert.Equal(["first 9", "first 1"], CsvReader.Read(_out.PathOf("steps.csv")).Skip(1).Select(row => $"{row[1]} {row[8]}"));
        Assert.Equal(0, Export("csv", "steps.csv", "--force").Code);
        Assert.Equal(["first 9", "first 1", "second 5", "second 6"], CsvReader.Read(_out.PathOf("steps.csv")).Skip(1).Select(row => $"{row[1]} {row[8]}"));

        (int code, _, string error) = Export("csv", "none.csv", "--run", "secnd");
        Assert.Equal(1, code);
        Assert.Contains("did you mean 'second'", error, StringComparison.Ordinal);
        Assert.False(File.Exists(_out.PathOf("none.csv")));
    }

    [Fact]
    public void Lines_that_cannot_be_read_are_told_with_their_log()
    {
        Write("a", RunRecord.Start(0, "first"), RunRecord.Step(1, "first", 1, 9));
        Write("b", RunRecord.Start(0, "second"), RunRecord.Step(1, "second", 1, 5)[..40], RunRecord.Step(2, "second", 2, 6));

        (int code, _, string error) = Export("csv", "steps.csv");

        Assert.Equal(1, code);
        Assert.StartsWith($"1 lines could not be read and are skipped; the first is line 2 of {_root.PathOf("b/run.jsonl")}: ", error, StringComparison.Ordinal);
        Assert.Equal(2, CsvReader.Read(_out.PathOf("steps.csv")).Count - 1);
    }

    [Fact]
    public async Task Any_number_of_runs_is_exported_with_few_files_open()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The limit of open files is that of a shell on Linux.");
        const int Runs = 120;
        for (int run = 0; run < Runs; run++)
        {
            Write($"log-{run}", RunRecord.Start(run, $"run-{run}"), RunRecord.Step(run + 0.5, $"run-{run}", 1, run));
        }

        string tool = Path.Combine(AppContext.BaseDirectory, "FastTrainLog.Tool.dll");
        foreach ((string format, string[] options, int files) in new[] { ("tensorboard", Array.Empty<string>(), Runs), ("tensorboard", ["--merge-ranks"], Runs), ("parquet", [], 2 * Runs) })
        {
            string target = _out.PathOf(format + options.Length);
            using Process shell = Process.Start(new ProcessStartInfo(
                "bash", ["-c", $"ulimit -n {Runs}; exec dotnet \"$@\"", "bash", tool, "export", _root.Path, "--format", format, "--out", target, .. options]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            Task<string> error = shell.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(shell.ExitCode == 0, await error);
            Assert.Equal(files, Directory.GetFiles(target, "*", SearchOption.AllDirectories).Length);
        }
    }

    private static string[] Rank(int rank, double second = 0) =>
        [RunRecord.Start(second, "r", rank: rank, ranks: 2), .. Enumerable.Range(1, 2).Select(step => RunRecord.Step(second + step + (0.1 * rank), "r", step, rank + step, rank, 2))];

    private static string Step(double second, string run, int step, double loss, string metric) =>
        RunRecord.Of(second, run, 1001, "Step", $"\"Epoch\":1,\"Step\":{step},\"Loss\":{loss},\"Phase\":\"training\",\"Metrics\":{{\"{metric}\":1}}", step: step);

    private void Write(string directory, params string[] lines)
    {
        Directory.CreateDirectory(_root.PathOf(directory));
        File.WriteAllLines(Path.Combine(_root.PathOf(directory), "run.jsonl"), lines);
    }

    private (int Code, string Output, string Error) Export(string format, string target, params string[] options) => ToolRun.Of(["export", _root.Path, "--format", format, "--out", _out.PathOf(target), .. options]);
}
