using Microsoft.Data.Sqlite;
using Xunit;

namespace FastTrainLog.Tool.Tests.Export;

/// <summary><c>export</c> to CSV, JSON lines and SQLite.</summary>
public sealed class ExportTests(SampleLog sample)
{
    [Fact]
    public void Csv_has_a_file_for_each_table_and_a_column_for_each_metric()
    {
        using var target = new LogDirectory();

        (int code, _, string error) = ToolRun.Of("export", sample.Path, "--format", "csv", "--out", target.PathOf("tables"));

        Assert.True(code == 0, error);
        List<string[]> steps = CsvReader.Read(target.PathOf("tables/steps.csv"));
        Assert.Equal(["time", "run", "level", "event", "epoch", "step"], steps[0].Take(6));
        Assert.Equal(SampleLog.Steps + 1, steps.Count);
        Assert.Equal($"{SampleLog.Steps}", steps[^1][5]);
        List<string[]> validations = CsvReader.Read(target.PathOf("tables/validations.csv"));
        Assert.Equal(["accuracy", "correct", "total"], validations[0][^3..]);
        Assert.All(validations.Skip(1), row => Assert.Equal("269", row[^1]));
        Assert.Equal("NaN", CsvReader.Read(target.PathOf("tables/numerical_issues.csv"))[1][4]);
        string[] errorRow = CsvReader.Read(target.PathOf("tables/errors.csv"))[1];
        Assert.Contains("""{"step":35,""", errorRow[7]);
    }

    [Fact]
    public void Csv_keeps_commas_quotes_and_line_ends_and_puts_late_metrics_in_columns_of_all_rows()
    {
        using LogDirectory log = new LogDirectory().With(
            "run.jsonl",
            Step(1, """{"a":1}"""),
            Step(2, """{"b, \"c\"\n":"NaN","step":3}"""));

        Assert.Equal(0, ToolRun.Of("export", log.Path, "--format", "csv", "--out", log.PathOf("steps.csv")).Code);

        string text = File.ReadAllText(log.PathOf("steps.csv"));
        Assert.EndsWith("\r\n", text);
        List<string[]> rows = CsvReader.Read(log.PathOf("steps.csv"));
        Assert.Equal(["a", "b, \"c\"\n", "metric_step"], rows[0][^3..]);
        Assert.Equal(["1", "", ""], rows[1][^3..]);
        Assert.Equal(["", "NaN", "3"], rows[2][^3..]);
    }

    [Fact]
    public void Json_lines_are_those_of_all_files_in_the_order_of_time_filtered()
    {
        using LogDirectory log = new LogDirectory()
            .With("run.jsonl.1", LogDirectory.Line(1, "one"))
            .With("run.jsonl", LogDirectory.Line(3, "three"))
            .With("run.2.jsonl", LogDirectory.Line(2, "two"), LogDirectory.Line(4, "four"));

        Assert.Equal(0, ToolRun.Of("export", log.Path, "--format", "jsonl", "--out", log.PathOf("all.jsonl"), "--grep", "o").Code);

        Assert.Equal([LogDirectory.Line(1, "one"), LogDirectory.Line(2, "two"), LogDirectory.Line(4, "four")], File.ReadAllLines(log.PathOf("all.jsonl")));
    }

    [Fact]
    public void Json_lines_go_to_standard_output_and_nothing_else_does()
    {
        using ToolProcess tool = ToolProcess.Start("export", sample.Path, "--format", "jsonl", "--out", "-", "--event", "Step");

        Assert.Equal(0, tool.Wait());
        string[] lines = tool.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(SampleLog.Steps, lines.Length);
        Assert.All(lines, line => Assert.StartsWith("{\"timestamp\"", line));
    }

    [Fact]
    public void Sqlite_holds_every_record_the_tables_and_the_metrics()
    {
        using var target = new LogDirectory();
        string database = target.PathOf("run.db");

        (int code, _, string error) = ToolRun.Of("export", sample.Path, "--format", "sqlite", "--out", database);

        Assert.True(code == 0, error);
        using var connection = new SqliteConnection($"Data Source={database};Mode=ReadOnly;Pooling=False");
        connection.Open();
        Assert.Equal("ok", Scalar(connection, "PRAGMA integrity_check"));
        Assert.Equal((long)File.ReadLines(sample.PathOf("run.jsonl")).Count(), Scalar(connection, "SELECT count(*) FROM records"));
        Assert.Equal((long)SampleLog.Steps, Scalar(connection, "SELECT count(*) FROM steps WHERE loss > 0 AND run IS NOT NULL"));
        Assert.Equal("fc2.weight", Scalar(connection, "SELECT location FROM numerical_issues WHERE step = 25"));
        Assert.Equal(3L, Scalar(connection, "SELECT count(*) FROM metrics JOIN validations USING (record) WHERE name = 'accuracy' AND value BETWEEN 0 AND 1"));
        Assert.Equal("read_batch", Scalar(connection, "SELECT json_extract(properties, '$.Operation') FROM records WHERE event = 'ErrorWithContext'"));
        Assert.Contains("steps_step", (string)Scalar(connection, "SELECT group_concat(detail) FROM (SELECT name AS detail FROM sqlite_master WHERE type = 'index')")!);
    }

    [Theory]
    [InlineData("csv", "steps.csv")]
    [InlineData("jsonl", "all.jsonl")]
    [InlineData("sqlite", "run.db")]
    [InlineData("tensorboard", "events")]
    public void What_is_there_already_is_replaced_only_by_force(string format, string name)
    {
        using var target = new LogDirectory();
        string[] arguments = ["export", sample.Path, "--format", format, "--out", target.PathOf(name)];
        Assert.Equal(0, ToolRun.Of(arguments).Code);
        (int code, _, string error) = ToolRun.Of(arguments);
        Assert.Equal(1, code);
        Assert.Contains("--force", error);
        Assert.Equal(0, ToolRun.Of([.. arguments, "--force"]).Code);
        Assert.Empty(Directory.GetFiles(target.Path, "*.partial", SearchOption.AllDirectories));
    }

    [Fact]
    public void Damaged_lines_are_left_out_and_told_with_code_1()
    {
        using LogDirectory log = sample.Copy();
        string[] lines = File.ReadAllLines(log.PathOf("run.jsonl"));
        lines[4] = lines[4][..40];
        File.WriteAllLines(log.PathOf("run.jsonl"), lines);

        (int code, _, string error) = ToolRun.Of("export", log.Path, "--format", "jsonl", "--out", log.PathOf("all.jsonl"));

        Assert.Equal(1, code);
        Assert.Contains("1 lines could not be read and are skipped; the first is line 5", error);
        Assert.Equal(lines.Length - 1, File.ReadLines(log.PathOf("all.jsonl")).Count());
    }

    [Theory]
    [InlineData("csv", "tables")]
    [InlineData("jsonl", "all.jsonl")]
    [InlineData("sqlite", "run.db")]
    [InlineData("tensorboard", "events")]
    public void Every_format_gets_what_is_whole_of_a_damaged_run(string format, string name)
    {
        using LogDirectory log = sample.CopyDamaged(out string[] whole);
        using var target = new LogDirectory();

        (int code, _, string error) = ToolRun.Of("export", log.Path, "--format", format, "--out", target.PathOf(name));

        Assert.Equal(1, code);
        Assert.Contains("3 lines could not be read and are skipped; the first is line 5", error);
        Assert.Empty(Directory.GetFiles(target.Path, "*.partial", SearchOption.AllDirectories));
        int steps = whole.Count(line => line.Contains("\"event\":\"Step\"", StringComparison.Ordinal));
        Assert.True(steps > SampleLog.Steps - 3);
        long found = format switch
        {
            "csv" => CsvReader.Read(target.PathOf("tables/steps.csv")).Count - 1,
            "jsonl" => File.ReadLines(target.PathOf(name)).Intersect(whole).Count(line => line.Contains("\"event\":\"Step\"", StringComparison.Ordinal)),
            "sqlite" => Count(target.PathOf(name), "SELECT count(*) FROM steps"),
            _ => TensorBoardReader.Read(Assert.Single(Directory.GetFiles(target.PathOf(name), "*tfevents*", SearchOption.AllDirectories))).Count(value => value.Tag == "train/loss"),
        };
        Assert.Equal(steps, found);
    }

    private static long Count(string database, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        connection.Open();
        return (long)Scalar(connection, sql)!;
    }

    private static string Step(int step, string metrics) =>
        $$$"""{"timestamp":"2026-11-24T06:00:00.0000000Z","level":"INFO","logger":"training_progress","thread":1,"eventId":1001,"event":"Step","message":"","properties":{"Epoch":1,"Step":{{{step}}},"Loss":0.5,"Metrics":{{{metrics}}}}}""";

    private static object? Scalar(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
