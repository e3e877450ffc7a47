using System.IO.Compression;
using FastTrainLog.Reading;
using FastTrainLog.Shipping.Tests.Receivers;
using FastTrainLog.Tool.Shipping;
using FastTrainLog.Tool.Tests;
using FastTrainLog.Tool.Tests.Runs;
using FastTrainLog.Training;
using Parquet;
using Xunit;
using static FastTrainLog.Shipping.Tests.ShippedLog;

namespace FastTrainLog.Shipping.Tests;

/// <summary>Object storage: a real server of its protocol, behind a proxy that fails.</summary>
[Collection("Alone")]
public sealed class S3Tests : IDisposable
{
    private readonly LogDirectory _log = new();
    private readonly LogDirectory _storage = new();
    private readonly LogDirectory _fetched = new();

    public void Dispose()
    {
        _log.Dispose();
        _storage.Dispose();
        _fetched.Dispose();
    }

    [Fact]
    public void Every_record_is_in_one_object_whatever_fails_and_wherever_the_shipper_is_killed()
    {
        _log.With("run.jsonl.1", Lines(0, 6000)).With("run.jsonl", Lines(6000, 1000)).With("run.2.jsonl", Lines(100, 2000));
        var random = new Random(8);
        using S3Server server = S3Server.StartOrSkip(_storage.Path, _ => (Fault)random.Next(12) is var fault && fault <= Fault.Slow ? fault : Fault.None);
        ShipWithKills(server.At("runs/17"), random);

        S3Log.Fetch(server.At("runs/17", direct: true), _fetched.Path, TestContext.Current.CancellationToken);
        Assert.Equal(Lines(0, 7000), LinesOf(_fetched.Path, log: 1));
        Assert.Equal(Lines(100, 2000), LinesOf(_fetched.Path, log: 2));
        Assert.True(LogFile.Find(_fetched.Path).Count > 10);
        // It was tried.
        Assert.All(Enum.GetValues<Fault>(), fault => Assert.True(server.Met.GetValueOrDefault(fault) > 0, $"{fault} was not met"));
    }

    [Fact]
    public async Task Each_object_has_the_rows_of_its_lines_as_Parquet_once_whatever_fails_and_wherever_the_shipper_is_killed()
    {
        static string Step(int step) => RunRecord.Step(step, "a/b c", step, 1.0 / step);
        _log.With("run.jsonl.1", [RunRecord.Start(0, "a/b c"), .. Enumerable.Range(1, 1500).Select(Step)]).With("run.jsonl", [.. Enumerable.Range(1501, 500).Select(Step)]);
        var random = new Random(9);
        using S3Server server = S3Server.StartOrSkip(_storage.Path, _ => (Fault)random.Next(12) is var fault && fault <= Fault.Slow ? fault : Fault.None);
        S3Options place = server.At("runs/17");
        place.Derivation = new ParquetParts();
        ShipWithKills(place, random);

        (string[] parts, long?[] steps) = await StepsOf(server, "a%2Fb%20c");
        Assert.Equal(Enumerable.Range(1, 2000).Select(static step => (long?)step), steps);
        S3Log.Fetch(server.At("runs/17", direct: true), _fetched.Path, TestContext.Current.CancellationToken);
        // An object for each, and what was fetched is the lines alone.
        Assert.Equal(LogFile.Find(_fetched.Path).Count, parts.Length);
        Assert.Equal(2001, LinesOf(_fetched.Path, log: 1).Length);
        Assert.Empty(Directory.GetFiles(_fetched.Path, "*.parquet", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task The_Parquet_parts_have_each_step_of_a_resumed_run_once_as_the_last_process_logged_it_whatever_fails_and_wherever_the_shipper_is_killed()
    {
        // The loss of a step says which process logged it, and its time says the order.
        int second = 0;
        string[] Session(string run, int session, int from, int to) =>
        [
            RunRecord.Start(second++, run),
            .. Enumerable.Range(from, to - from).SelectMany(step => (string[])
            [
                RunRecord.Step(second++, run, step, session),
                .. step % 100 == 0 ? [RunRecord.Of(second, run, TrainingEvents.Validation, "Validation", $"\"Epoch\":1,\"Step\":{step},\"Loss\":{session}", step: step)] : (string[])[],
            ]),
        ];
        // It goes back to a step in an older object, to one in the same object, and to the last one.
        string[] one = [.. Session("a", 1, 1, 1001), .. Session("a", 2, 700, 1101), .. Session("b", 1, 1, 301), .. Session("a", 3, 1050, 1201), .. Session("a", 4, 1200, 1300), .. Session("a", 5, 300, 320)];
        // Another process had the first log when the run went on, and it was free again the next time.
        string[] two = Session("a", 6, 310, 350);
        _log.With("run.jsonl.1", one[..1000]).With("run.jsonl", [.. one[1000..], .. Session("b", 2, 301, 311), .. Session("a", 7, 330, 340)]).With("run.2.jsonl", two);
        var random = new Random(10);
        using S3Server server = S3Server.StartOrSkip(_storage.Path, _ => (Fault)random.Next(12) is var fault && fault <= Fault.Slow ? fault : Fault.None);
        S3Options place = server.At("runs/17");
        place.Derivation = new ParquetParts();
        ShipWithKills(place, random);

        Assert.Equal(
            [.. Enumerable.Range(1, 299).Select(static step => (step, 1.0)), .. Enumerable.Range(300, 10).Select(static step => (step, 5.0)), .. Enumerable.Range(310, 20).Select(static step => (step, 6.0)), .. Enumerable.Range(330, 10).Select(static step => (step, 7.0))],
            (await RowsOf(server, "steps", "a")).Order());
        Assert.Equal([.. Enumerable.Range(1, 300).Select(static step => (step, 1.0)), .. Enumerable.Range(301, 10).Select(static step => (step, 2.0))], (await RowsOf(server, "steps", "b")).Order());
        Assert.Equal([(100, 1.0), (200, 1.0), (300, 5.0)], (await RowsOf(server, "validations", "a")).Order());

        // What is there is in the manifest, and nothing else is.
        S3Manifest manifest = S3Manifest.Read(File.ReadAllBytes(server.FileOf("runs/17/manifest.json")));
        string root = Path.GetDirectoryName(server.FileOf("runs/17/manifest.json"))!;
        Assert.Equal(
            Directory.GetFiles(root, "*.parquet._S3rver_object", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(root, file)[..^"._S3rver_object".Length]).Order(StringComparer.Ordinal),
            manifest.Parts.SelectMany(static part => part.Rows).Select(static rows => rows.Name).Order(StringComparer.Ordinal));
        Assert.Equal(339, manifest.Parts.SelectMany(static part => part.Rows).Where(static rows => rows is { Table: "steps", Run: "a" }).Sum(static rows => rows.Rows));
        S3Rows[] steps = [.. manifest.Parts.SelectMany(static part => part.Rows).Where(static rows => rows is { Table: "steps", Run: "b" })];
        Assert.Equal((1, 310), (steps.Min(static rows => rows.FirstStep), steps.Max(static rows => rows.LastStep)));
    }

    [Fact]
    public async Task An_object_whose_shipper_was_killed_before_its_Parquet_parts_gets_those_of_the_lines_that_it_has()
    {
        static IEnumerable<string> Steps(int from) => Enumerable.Range(from, 10).Select(static step => RunRecord.Step(step, "a", step, 1.0 / step));
        _log.With("run.jsonl", [.. Steps(1)]);
        using S3Server server = S3Server.StartOrSkip(_storage.Path);
        S3Options place = server.At("runs/17");
        place.Derivation = new ParquetParts();
        using (var target = new S3Target(place))
        {
            ShipAll(_log.Path, target);
        }

        string root = Path.GetDirectoryName(server.FileOf("runs/17/manifest.json"))!;
        Directory.Delete(Path.Combine(root, "steps"), recursive: true);
        Array.ForEach(Directory.GetFiles(root, "manifest.json*"), File.Delete);
        File.Delete(_log.PathOf(".fasttrainlog.ship.s3.cursor"));
        Append(_log.PathOf("run.jsonl"), Steps(11));
        using (var target = new S3Target(place))
        {
            ShipAll(_log.Path, target);
        }

        (string[] parts, long?[] steps) = await StepsOf(server, "a");
        Assert.Equal(2, parts.Length);
        Assert.Equal(Enumerable.Range(1, 20).Select(static step => (long?)step), steps);
    }

    [Fact]
    public void What_was_shipped_is_analysed_by_its_address_and_an_object_that_was_changed_is_told()
    {
        string log = _log.PathOf("logs");
        Directory.CreateDirectory(log);
        File.WriteAllBytes(Path.Combine(log, "run.jsonl"), Bytes([RunRecord.Start(0, "a"), .. Enumerable.Range(1, 50).Select(static step => RunRecord.Step(step, "a", step, 1.0 / step))]));
        using S3Server server = S3Server.StartOrSkip(_storage.Path);
        string? Set(string name, string? value)
        {
            string? before = Environment.GetEnvironmentVariable(name);
            Environment.SetEnvironmentVariable(name, value);
            return before;
        }

        S3Options options = server.At("runs/17");
        string? cache = Set("XDG_CACHE_HOME", _fetched.Path);
        Set("FASTTRAINLOG_SHIP_S3_ENDPOINT", options.Endpoint);
        Set("FASTTRAINLOG_SHIP_S3_USER", "S3RVER");
        Set("FASTTRAINLOG_SHIP_S3_TOKEN", "S3RVER");
        Set("FASTTRAINLOG_SHIP_S3_PARQUET", "yes");
        try
        {
            (int code, string output, string error) = ToolRun.Of("ship", log, "--to", "s3=s3://training/runs/17", "--once");
            Assert.Equal(1, code);
            Assert.Contains("FASTTRAINLOG_SHIP_S3_PARQUET is 'yes'; it must be 1", error, StringComparison.Ordinal);

            Set("FASTTRAINLOG_SHIP_S3_PARQUET", "1");
            (code, output, error) = ToolRun.Of("ship", log, "--to", "s3=s3://training/runs/17", "--once");
            Assert.True(code == 0, output + error);
            Assert.True(File.Exists(server.FileOf("runs/17/steps/run=a/part-1-000000001-00000.parquet")));
            (int expectedCode, string expected, _) = ToolRun.Of("analyze", log, "--json");
            (code, output, error) = ToolRun.Of("analyze", "s3://training/runs/17", "--json");
            Assert.True(code == 0 && expectedCode == 0, output + error);
            Assert.Equal(WithoutDirectory(expected), WithoutDirectory(output));

            string part = Path.Combine("s3", S3Server.Bucket, "runs", "17", S3Manifest.NameOf(1, 1));
            File.Delete(Path.Combine(_fetched.Path, "fasttrainlog", part));
            string stored = server.FileOf($"runs/17/{S3Manifest.NameOf(1, 1)}");
            byte[] bytes = File.ReadAllBytes(stored);
            bytes[^20] ^= 1;
            File.WriteAllBytes(stored, bytes);
            (code, _, error) = ToolRun.Of("analyze", "s3://training/runs/17");
            Assert.Equal(1, code);
            Assert.Contains("its checksum differs", error, StringComparison.Ordinal);

            (code, _, error) = ToolRun.Of("analyze", "s3://training/runs/18");
            Assert.Equal(1, code);
            Assert.Contains("there is no log at s3://training/runs/18", error, StringComparison.Ordinal);
        }
        finally
        {
            Set("XDG_CACHE_HOME", cache);
            Set("FASTTRAINLOG_SHIP_S3_ENDPOINT", null);
            Set("FASTTRAINLOG_SHIP_S3_USER", null);
            Set("FASTTRAINLOG_SHIP_S3_TOKEN", null);
            Set("FASTTRAINLOG_SHIP_S3_PARQUET", null);
        }
    }

    [Fact]
    public void While_a_log_is_followed_records_wait_until_an_object_is_full()
    {
        _log.With("run.jsonl", Lines(0, 10));
        var target = new ScriptedTarget { Limits = new BatchLimits(Records: 25, Linger: TimeSpan.FromHours(1)) };
        using var shipper = new LogShipper(_log.Path, target, Quick()) { IsFollowing = true };
        ShipAll(shipper);
        Assert.Empty(target.Taken);
        Assert.Equal(10, shipper.GetStatus().Backlog.Records);

        Append(_log.PathOf("run.jsonl"), Lines(10, 20));
        ShipAll(shipper);
        Assert.Equal(Lines(0, 25), target.Taken);

        shipper.IsFollowing = false;
        ShipAll(shipper);
        Assert.Equal(Lines(0, 30), target.Taken);
    }

    // Not through the export's own code.
    private static async Task<(string[] Parts, long?[] Steps)> StepsOf(S3Server server, string run)
    {
        List<long?> steps = [];
        string[] parts = Directory.GetFiles(Path.GetDirectoryName(server.FileOf($"runs/17/steps/run={run}/part"))!, "*.parquet._S3rver_object");
        foreach (string part in parts)
        {
            await using ParquetReader reader = await ParquetReader.CreateAsync(part, cancellationToken: TestContext.Current.CancellationToken);
            using ParquetRowGroupReader group = reader.OpenRowGroupReader(0);
            var read = new long?[group.RowCount];
            await group.ReadAsync<long>(reader.Schema.FindDataField("step"), read);
            steps.AddRange(read);
        }

        return (parts, [.. steps.Order()]);
    }

    private static async Task<List<(int Step, double Loss)>> RowsOf(S3Server server, string table, string run)
    {
        List<(int, double)> rows = [];
        foreach (string part in Directory.GetFiles(Path.GetDirectoryName(server.FileOf($"runs/17/{table}/run={run}/part"))!, "*.parquet._S3rver_object"))
        {
            await using ParquetReader reader = await ParquetReader.CreateAsync(part, cancellationToken: TestContext.Current.CancellationToken);
            using ParquetRowGroupReader group = reader.OpenRowGroupReader(0);
            var steps = new long?[group.RowCount];
            var losses = new double?[group.RowCount];
            await group.ReadAsync<long>(reader.Schema.FindDataField("step"), steps);
            await group.ReadAsync<double>(reader.Schema.FindDataField("loss"), losses);
            rows.AddRange(steps.Zip(losses, static (step, loss) => ((int)step!.Value, loss!.Value)));
        }

        return rows;
    }

    // Until all is there.
    private void ShipWithKills(S3Options place, Random random)
    {
        string cursor = _log.PathOf(".fasttrainlog.ship.s3.cursor");
        for (bool hasMoved = true; hasMoved;)
        {
            using var target = new S3Target(place, objectBytes: 60_000);
            byte[]? before = File.Exists(cursor) ? File.ReadAllBytes(cursor) : null;
            using (var shipper = new LogShipper(_log.Path, target, Quick()))
            {
                for (int batches = random.Next(1, 4); hasMoved && batches > 0; batches--)
                {
                    before = File.Exists(cursor) ? File.ReadAllBytes(cursor) : null;
                    hasMoved = shipper.ShipNext(TestContext.Current.CancellationToken);
                }
            }

            if (hasMoved && random.Next(2) == 0)
            {
                // As if it had been killed before it stored the last cursor.
                File.Delete(cursor);
                if (before is not null)
                {
                    File.WriteAllBytes(cursor, before);
                }
            }
        }
    }

    // Not through LogReader, which would pass over an object that repeats another one as a whole.
    private static string[] LinesOf(string directory, int log) => [.. LogFile.Find(directory).Where(file => file.Log == log).SelectMany(static file =>
    {
        using var lines = new StreamReader(new GZipStream(File.OpenRead(file.Path), CompressionMode.Decompress));
        return lines.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    })];

    private static string WithoutDirectory(string json) => string.Join('\n', json.Split('\n').Where(static line => !line.Contains("\"directory\"", StringComparison.Ordinal) && !line.Contains("bytes", StringComparison.OrdinalIgnoreCase) && !line.Contains("files", StringComparison.OrdinalIgnoreCase)));
}
