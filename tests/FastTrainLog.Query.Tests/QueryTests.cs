using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using FastTrainLog.Shipping;
using FastTrainLog.Tool.Shipping;
using FastTrainLog.Tool.Tests;
using FastTrainLog.Tool.Tests.Runs;
using Parquet;
using Parquet.Schema;
using Xunit;

namespace FastTrainLog.Query.Tests;

/// <summary>SQL over logs and over exported Parquet files, and what other readers see in these.</summary>
public sealed class QueryTests : IDisposable
{
    private static readonly double[] Losses = [2.5, double.NaN, 0.1 + 0.2, double.PositiveInfinity, 1e-300];

    private readonly LogDirectory _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void Runs_of_several_logs_are_queried_by_one_statement()
    {
        Write("a", "first", 1.0);
        Write("deep/b", "second", 2.0);

        Assert.Equal("run     min(loss)\nfirst         0.2\nsecond        0.4\n", Query("SELECT run, min(loss) FROM steps GROUP BY run ORDER BY run"));
        Assert.Equal("run,n\r\nfirst,5\r\nsecond,5\r\n", Query("SELECT run, count(*) AS n FROM steps GROUP BY run ORDER BY run", "--format", "csv"));
        Assert.Equal([("first", 5), ("second", 5)], JsonDocument.Parse(Query("SELECT run, count(*)::INT AS n FROM steps GROUP BY run ORDER BY run", "--format", "json"))
            .RootElement.EnumerateArray().Select(row => (row.GetProperty("run").GetString()!, row.GetProperty("n").GetInt32())));
        Assert.Equal("name  value\ntop5    0.5\n", Query("SELECT name, value FROM metrics WHERE run = 'first' AND step = 5"));
    }

    [Fact]
    public void Runs_of_one_name_in_several_logs_are_told_apart_as_an_export_does()
    {
        Write("deep/a", "same", 1.0);
        Write("b", "same", 2.0);
        Write("b/c", "other", 3.0);
        string[] lines = Query("SELECT run, count(*) AS n, count(DISTINCT step) AS steps FROM steps GROUP BY run ORDER BY run", "--format", "csv").Split("\r\n")[1..^1];
        Assert.Equal(["5,5", "5,5", "5,5"], lines.Select(static line => line[(line.IndexOf(',', StringComparison.Ordinal) + 1)..]));
        Assert.Equal(0, ToolRun.Of("export", _root.Path, "--format", "csv", "--out", _root.PathOf("exported")).Code);
        string[] exported = [.. File.ReadLines(_root.PathOf("exported/steps.csv")).Skip(1).Select(static row => row.Split(',')[1]).Distinct().Order(StringComparer.Ordinal)];
        Assert.Equal(exported, lines.Select(static line => line.Split(',')[0]));
    }

    [Fact]
    public void Of_a_run_that_was_exported_the_Parquet_files_are_read_and_not_the_lines()
    {
        Write("a", "first", 1.0);
        Write("b", "second", 2.0);
        Assert.Equal(0, ToolRun.Of("export", _root.PathOf("a"), "--format", "parquet", "--out", _root.PathOf("lake")).Code);

        Assert.Equal("run,n\r\nfirst,5\r\nsecond,5\r\n", Query("SELECT run, count(*) AS n FROM steps GROUP BY run ORDER BY run", "--format", "csv"));
        File.Delete(_root.PathOf("a/run.jsonl"));
        Assert.Equal("run,n\r\nfirst,5\r\nsecond,5\r\n", Query("SELECT run, count(*) AS n FROM steps GROUP BY run ORDER BY run", "--format", "csv"));
        Assert.Equal("n\r\n5\r\n", Query("SELECT count(*) AS n FROM steps WHERE run = 'first' AND time > TIMESTAMP '2026-01-01'", "--format", "csv"));
    }

    [Fact]
    public void Parts_that_are_shipped_to_object_storage_are_read_as_those_of_an_export()
    {
        foreach (int part in new[] { 1, 2 })
        {
            using var lines = new MemoryStream();
            using (var gzip = new GZipStream(lines, CompressionLevel.Fastest, leaveOpen: true))
            {
                gzip.Write(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(part * 10, 10).Select(step => RunRecord.Step(step, "a/b", step, 0.5, rank: 1, ranks: 2) + "\n"))));
            }

            foreach ((S3Rows rows, byte[] content) in new ParquetParts().Make(lines.ToArray(), $"1-{part:D9}", new Dictionary<string, S3RunPlace>(), later: null).Objects)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(_root.PathOf(rows.Name))!);
                File.WriteAllBytes(_root.PathOf(rows.Name), content);
            }
        }

        Assert.Equal("run,rank,n,first,last\r\na/b/1,1,20,10,29\r\n", Query("SELECT run, rank, count(*) AS n, min(step) AS first, max(step) AS last FROM steps GROUP BY ALL", "--format", "csv"));
    }

    [Fact]
    public void Steps_that_a_resumed_run_repeated_count_once()
    {
        _root.With("run.jsonl", RunRecord.Start(0, "r"), RunRecord.Step(1, "r", 1, 9), RunRecord.Step(2, "r", 2, 9), RunRecord.Start(10, "r"), RunRecord.Step(11, "r", 2, 1), RunRecord.Step(12, "r", 3, 1));

        Assert.Equal("step,loss\r\n1,9\r\n2,1\r\n3,1\r\n", Query("SELECT step, loss FROM steps ORDER BY step", "--format", "csv"));
    }

    [Fact]
    public void Statements_that_do_not_name_the_steps_read_the_lines_that_the_index_tells()
    {
        string Validated(int step, double loss) => RunRecord.Of(step, "r", 1010, "Validation", $"\"Epoch\":1,\"Step\":{step},\"Loss\":{loss},\"IsBest\":false", step: step);
        _root.With("run.jsonl", [RunRecord.Start(0, "r"), .. Enumerable.Range(1, 3000).Select(step => RunRecord.Step(step, "r", step, 1)), Validated(3000, 9), Validated(3000, 8)]);
        const string Sql = "SELECT step, loss FROM validations ORDER BY loss";
        Assert.Equal("step,loss\r\n3000,8\r\n3000,9\r\n", Query(Sql, "--format", "csv"));
        Assert.True(File.Exists(_root.PathOf(".fasttrainlog.index")));

        // Back to a step: what comes supersedes.
        File.AppendAllLines(_root.PathOf("run.jsonl"), [RunRecord.Step(3001, "r", 2999, 1), RunRecord.Step(3002, "r", 3000, 1), Validated(3000, 7)]);
        Assert.Equal("step,loss\r\n3000,7\r\n", Query(Sql, "--format", "csv"));
    }

    [Fact]
    public void Merged_steps_are_the_mean_of_the_ranks_between_the_least_and_the_greatest()
    {
        _root.With("run.jsonl", [.. Enumerable.Range(0, 3).SelectMany(rank => new[] { RunRecord.Step(1 + (0.1 * rank), "a/1", 1, 1 + rank, rank, 3), RunRecord.Step(2 + (0.1 * rank), "a/1", 2, rank == 1 ? double.NaN : 2 + rank, rank, 3) }), RunRecord.Step(9, "alone", 7, 5)]);

        Assert.Equal("run,step,ranks,loss,loss_minimum,loss_maximum,non_finite\r\na/1,1,3,2,1,3,0\r\na/1,2,3,3,2,4,1\r\nalone,7,1,5,5,5,0\r\n", Query("SELECT run, step, ranks, loss, loss_minimum, loss_maximum, non_finite FROM merged_steps ORDER BY run, step", "--format", "csv"));
    }

    [Fact]
    public void DuckDB_another_reader_and_ours_agree_on_every_value_of_exported_files()
    {
        string id = "exp=1 %/ü'";
        _root.With("run.jsonl", [RunRecord.Start(0, id), .. Losses.Select((loss, i) => Step(id, i + 1, loss))]);
        string lake = _root.PathOf("lake");
        Assert.Equal(0, ToolRun.Of("export", _root.Path, "--format", "parquet", "--out", lake).Code);
        string file = Directory.GetFiles(Path.Combine(lake, "steps"), "*.parquet", SearchOption.AllDirectories).Single();
        // Only the Parquet files are left.
        File.Delete(_root.PathOf("run.jsonl"));

        string[] expected = [.. Losses.Select((loss, i) => string.Create(CultureInfo.InvariantCulture, $"{i + 1} {loss:R} training 2026-11-24T06:00:0{i + 1}"))];
        Assert.Equal(expected, ReadByUs(file));
        Assert.Equal(expected, JsonDocument.Parse(Query("SELECT step, loss, phase, time FROM steps ORDER BY step", "--format", "json")).RootElement.EnumerateArray().Select(Line));
        Assert.Equal($"run\r\n{id}\r\n", Query("SELECT DISTINCT run FROM steps", "--format", "csv"));
        Assert.Equal("min,max,compression\r\n1,5,ZSTD\r\n", Query($"SELECT stats_min_value AS min, stats_max_value AS max, compression FROM parquet_metadata('{file.Replace("'", "''", StringComparison.Ordinal)}') WHERE path_in_schema = 'step'", "--format", "csv"));
        Assert.Equal("2026-11-24 06:00:01\r\n", Query($"SELECT stats_min_value AS min FROM parquet_metadata('{file.Replace("'", "''", StringComparison.Ordinal)}') WHERE path_in_schema = 'time'", "--format", "csv")[5..]);

        Assert.SkipUnless(InstallReader() is null, "hyparquet cannot be installed here by npm");
        Assert.Equal(expected, ReadByNode(file));
    }

    [Fact]
    public void The_shell_executes_statements_and_goes_on_after_one_that_fails()
    {
        Write("a", "first", 1.0);
        (int code, string output, string error) = Run(".tables\nSELECT nothing;\nSELECT count(*) AS n\nFROM steps;\n.quit\nSELECT 7;\n", _root.Path, "--sql-shell", "--format", "csv");

        Assert.Equal(0, code);
        Assert.Contains("steps", output.Split(Environment.NewLine));
        Assert.EndsWith("n\r\n5\r\n", output, StringComparison.Ordinal);
        Assert.Contains("nothing", error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_wrong_is_told()
    {
        Write("a", "first", 1.0);
        Assert.Equal(1, Run("", _root.Path, "SELECT nowhere FROM steps").Code);
        Assert.Contains("nowhere", Run("", _root.Path, "SELECT nowhere FROM steps").Error, StringComparison.Ordinal);
        Assert.Contains("There is no directory", Run("", _root.PathOf("none"), "SELECT 1").Error, StringComparison.Ordinal);
        // What is stored is fetched, and this is no place.
        Assert.Contains("such as s3://bucket/runs/17", Run("", "s3://", "SELECT 1").Error, StringComparison.Ordinal);
        Directory.CreateDirectory(_root.PathOf("empty"));
        Assert.Contains("There is no log in", Run("", _root.PathOf("empty"), "SELECT 1").Error, StringComparison.Ordinal);
        Assert.Equal(2, Run("", _root.Path).Code);
        Assert.Equal(2, Run("", _root.Path, "SELECT 1", "--format", "xml").Code);
    }

    private static string Step(string run, int step, double loss) => RunRecord.Of(
        step, run, 1001, "Step", $"\"Epoch\":1,\"Step\":{step},\"Loss\":{(double.IsFinite(loss) ? loss.ToString("R", CultureInfo.InvariantCulture) : $"\"{loss.ToString(CultureInfo.InvariantCulture)}\"")},\"Phase\":\"training\",\"Metrics\":{{\"top5\":0.5}}", step: step);

    private static string Line(JsonElement row) => string.Create(
        CultureInfo.InvariantCulture, $"{row.GetProperty("step").GetInt64()} {Number(row.GetProperty("loss")):R} {row.GetProperty("phase").GetString()} {row.GetProperty("time").GetDateTime():yyyy-MM-ddTHH:mm:ss}");

    private static double Number(JsonElement value) => value.ValueKind == JsonValueKind.String ? double.Parse(value.GetString()!, CultureInfo.InvariantCulture) : value.GetDouble();

    private static List<string> ReadByUs(string file) => ReadAsync(file).GetAwaiter().GetResult();

    private static async Task<List<string>> ReadAsync(string file)
    {
        await using ParquetReader reader = await ParquetReader.CreateAsync(file);
        using ParquetRowGroupReader group = reader.OpenRowGroupReader(0);
        int rows = (int)group.RowCount;
        var times = new DateTime[rows];
        var steps = new long?[rows];
        var losses = new double?[rows];
        var phases = new string?[rows];
        await group.ReadAsync<DateTime>(Field("time"), times);
        await group.ReadAsync<long>(Field("step"), steps);
        await group.ReadAsync<double>(Field("loss"), losses);
        await group.ReadAsync(Field("phase"), phases);
        return [.. Enumerable.Range(0, rows).Select(i => string.Create(CultureInfo.InvariantCulture, $"{steps[i]} {losses[i]:R} {phases[i]} {times[i]:yyyy-MM-ddTHH:mm:ss}"))];

        DataField Field(string name) => reader.Schema.FindDataField(name);
    }

    // In a directory of its own below the test's output, kept between runs; null where it worked.
    private static string? InstallReader()
    {
        string directory = Path.Combine(AppContext.BaseDirectory, "node");
        Directory.CreateDirectory(directory);
        File.Copy(Path.Combine(AppContext.BaseDirectory, "read-parquet.mjs"), Path.Combine(directory, "read-parquet.mjs"), overwrite: true);
        return Directory.Exists(Path.Combine(directory, "node_modules", "hyparquet-compressors")) ? null
            : Start("npm", ["install", "--no-audit", "--no-fund", "--prefix", directory, "hyparquet@1", "hyparquet-compressors@1"]) is (0, _) ? null : "npm failed";
    }

    private static List<string> ReadByNode(string file)
    {
        (int code, string output) = Start("node", [Path.Combine(AppContext.BaseDirectory, "node", "read-parquet.mjs"), file]);
        Assert.Equal(0, code);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Line(JsonDocument.Parse(line).RootElement))];
    }

    private static (int Code, string Output) Start(string program, string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (-1, string.Empty);
        }
    }

    private void Write(string directory, string run, double loss)
    {
        Directory.CreateDirectory(_root.PathOf(directory));
        File.WriteAllLines(_root.PathOf(directory + "/run.jsonl"), [RunRecord.Start(0, run), .. Enumerable.Range(1, 5).Select(step => Step(run, step, loss / step))]);
    }

    [Fact]
    public void A_result_of_any_size_is_written_in_bounded_memory()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The memory of a process is read from /proc.");
        const long ResultBytes = 800_000_000;
        Write("a", "first", 1.0);
        using Process query = Process.Start(new ProcessStartInfo(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "FastTrainLog.Query.dll"), _root.Path, $"SELECT repeat(range::VARCHAR, 200) FROM range(1000000, {1_000_000 + (ResultBytes / 1400)})", "--format", "csv"])
        {
            RedirectStandardOutput = true,
        })!;

        // Half of it: the process cannot have ended, as nobody takes the rest.
        byte[] piece = new byte[1 << 16];
        int read = 1;
        for (long total = 0; total < ResultBytes / 2 && read > 0; total += read)
        {
            read = query.StandardOutput.BaseStream.Read(piece);
        }

        Assert.NotEqual(0, read);
        string peak = File.ReadLines($"/proc/{query.Id}/status").Single(static line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        query.Kill();
        query.WaitForExit();
        Assert.InRange(long.Parse(peak.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024, 1, 400_000_000);
    }

    private string Query(params string[] arguments)
    {
        (int code, string output, string error) = Run("", [_root.Path, .. arguments]);
        Assert.Equal((0, ""), (code, error));
        return output;
    }

    private static (int Code, string Output, string Error) Run(string input, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        return (QueryCommandLine.Run(arguments, new StringReader(input), output, error), output.ToString(), error.ToString());
    }
}
