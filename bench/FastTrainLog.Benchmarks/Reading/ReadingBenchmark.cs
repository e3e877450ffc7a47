using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using FastTrainLog.Benchmarks.Pipeline;
using FastTrainLog.Training;

namespace FastTrainLog.Benchmarks.Reading;

/// <summary>How fast a log is read: cold and through its index, whole, in parts, and beside a thousand others; and what peers make of the same lines.</summary>
internal static class ReadingBenchmark
{
    private const int Usage = 2;
    private const int QuickSteps = 100_000;
    private const int DefaultSteps = 1_000_000;
    private const int QuickRuns = 100;
    private const int DefaultRuns = 1000;
    private const int StepsOfListed = 200;
    private const int TypicalLine = 800;
    private const int Rounds = 3;
    private const string IndexName = ".fasttrainlog.index";

    public static int Run(ReadOnlySpan<string> arguments)
    {
        (long steps, int runs, string? outFile) = (DefaultSteps, DefaultRuns, null);
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "--quick")
            {
                (steps, runs) = (QuickSteps, QuickRuns);
            }
            else if (arguments[i] == "--steps" && i + 1 < arguments.Length && long.TryParse(arguments[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out long count) && count > 0)
            {
                steps = count;
                i++;
            }
            else if (arguments[i] == "--out" && i + 1 < arguments.Length)
            {
                outFile = arguments[++i];
            }
            else
            {
                Console.Error.WriteLine("reading takes --quick, --steps N and --out FILE.json; the logs, 0.8 GB for a million steps, are written to the directory for temporary files.");
                return Usage;
            }
        }

        Console.WriteLine(MachineReport.Describe());
        Console.WriteLine("case, operation, milliseconds, MB/s, peak_mb, load");
        var rows = new List<ReadingRow>();
        MeasureLog(steps, rows);
        MeasureStored(Math.Min(steps, DefaultSteps), rows);
        MeasureRuns(runs, rows);
        if (outFile is not null)
        {
            File.WriteAllText(outFile, JsonSerializer.Serialize(rows, new JsonSerializerOptions { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower }));
        }

        return 0;
    }

    private static void MeasureLog(long steps, List<ReadingRow> rows)
    {
        string directory = Directory.CreateTempSubdirectory("ftl-reading-").FullName;
        try
        {
            SyntheticLog.Write(directory, steps * TypicalLine);
            double megabytes = LinesOf(directory) / 1e6;
            string name = string.Create(CultureInfo.InvariantCulture, $"{megabytes:F0} MB of lines");
            MeasureAnalysis(name, directory, megabytes, rows);
            ReadingChild query = ChildRun.StartAsTool<ReadingChild>("reading", ReadingChild.Query, directory);
            Add(rows, name, "1,000 buckets between any two steps, p95", query.Milliseconds, null, query.PeakMb);
            Add(rows, name, "the longest of these", query.Longest, null, null);
            foreach ((string what, string[] command) in (ReadOnlySpan<(string, string[])>)[
                ("tail of 1,000,000 warnings", ["tail", directory, "--no-follow", "-n", "1000000", "--level", "warning"]),
                ("tail from a step in the middle on, 100 steps", ["tail", directory, "--no-follow", "-n", "1000000", "--from-step", $"{steps / 2}", "--to-step", $"{(steps / 2) + 100}"]),
                ("export of the warnings", ["export", directory, "--format", "jsonl", "--out", "-", "--level", "warning"])])
            {
                Add(rows, name, $"{what}, with an index", Best(Rounds, () => Tool(command)), null, null);
                string index = Path.Combine(directory, IndexName);
                File.Move(index, index + ".aside");
                Add(rows, name, $"{what}, without", Best(1, () => Tool(command)), megabytes, null);
                File.Move(index + ".aside", index);
            }

            MeasurePeers(name, directory, megabytes, steps, rows);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static void MeasureAnalysis(string name, string directory, double megabytes, List<ReadingRow> rows)
    {
        ReadingChild cold = ChildRun.StartAsTool<ReadingChild>("reading", ReadingChild.Analyse, directory);
        Add(rows, name, "analysis without an index, which makes it", cold.Milliseconds, megabytes, cold.PeakMb);
        Add(rows, name, "processor time of this", cold.ProcessorSeconds * 1000, null, null);
        ReadingChild warm = ChildRun.StartAsTool<ReadingChild>("reading", ReadingChild.Analyse, directory);
        Add(rows, name, "analysis with an index", warm.Milliseconds, null, warm.PeakMb);
        if (warm.Found != cold.Found)
        {
            throw new InvalidDataException($"The index has {warm.Found} steps; the log has {cold.Found}.");
        }

        Add(rows, name, "fasttrainlog analyze with an index, the whole process", Best(Rounds, () => Tool("analyze", directory)), null, null);
        Add(rows, name, "size of the index in KB (not ms)", new FileInfo(Path.Combine(directory, IndexName)).Length / 1e3, null, null);
    }

    // As the library leaves a run with its defaults: rotated and compressed.
    private static void MeasureStored(long steps, List<ReadingRow> rows)
    {
        string directory = Directory.CreateTempSubdirectory("ftl-reading-").FullName;
        try
        {
            WriteRun(directory, steps);
            double megabytes = LinesOf(directory) / 1e6;
            string name = string.Create(CultureInfo.InvariantCulture, $"{steps} steps by the library, {new DirectoryInfo(directory).GetFiles("run.jsonl*").Length} files");
            MeasureAnalysis(name, directory, megabytes, rows);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static void MeasureRuns(int runs, List<ReadingRow> rows)
    {
        string root = Directory.CreateTempSubdirectory("ftl-reading-").FullName;
        try
        {
            string first = Directory.CreateDirectory(Path.Combine(root, "run-0")).FullName;
            WriteRun(first, StepsOfListed);
            string lines = File.ReadAllText(Path.Combine(first, "run.jsonl"));
            string id = JsonDocument.Parse(lines.Split('\n').First(static line => line.Contains("\"run\":\"", StringComparison.Ordinal))).RootElement.GetProperty("run").GetString()!;
            for (int run = 1; run < runs; run++)
            {
                string directory = Directory.CreateDirectory(Path.Combine(root, string.Create(CultureInfo.InvariantCulture, $"run-{run}"))).FullName;
                File.WriteAllText(Path.Combine(directory, "run.jsonl"), lines.Replace(id, string.Create(CultureInfo.InvariantCulture, $"{id}-{run}"), StringComparison.Ordinal));
            }

            string name = string.Create(CultureInfo.InvariantCulture, $"{runs} runs of {StepsOfListed} steps");
            Add(rows, name, "fasttrainlog runs without indexes, which makes them", Best(1, () => Tool("runs", root)), null, null);
            Add(rows, name, "fasttrainlog runs with indexes", Best(Rounds, () => Tool("runs", root)), null, null);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static void MeasurePeers(string name, string directory, double megabytes, long steps, List<ReadingRow> rows)
    {
        string files = Path.Combine(directory, "run.jsonl");
        string[] all = [.. Directory.GetFiles(directory, "run.jsonl*").Order(StringComparer.Ordinal)];
        string buckets = $"SELECT step * 1000 // {steps} AS bucket, count(*), min(loss), max(loss), avg(loss) FROM (SELECT properties.Step AS step, CAST(properties.Loss AS DOUBLE) AS loss FROM read_json('{files}*', format = 'newline_delimited', columns = {{event: 'VARCHAR', properties: 'STRUCT(Step BIGINT, Loss VARCHAR)'}}) WHERE event = 'Step') GROUP BY bucket";
        Add(rows, name, "DuckDB: 1,000 buckets of the loss from the lines", Best(1, () => Start(ChildRun.ToolPath("FastTrainLog.Query"), [directory, buckets])), megabytes, null);
        Peer("jq", ["-n", "[inputs | select(.event == \"Step\") | .properties.Loss] | min", .. all], "jq: the least loss", all);
        Peer("sqlite3", [":memory:", "CREATE TABLE l(line TEXT);", ".mode ascii", ".separator \"\u001f\" \"\\n\"", .. all.Select(file => $".import {file} l"), "SELECT min(json_extract(line, '$.properties.Loss')) FROM l WHERE json_extract(line, '$.event') = 'Step';"], "sqlite3: the least loss, lines imported into memory", all);

        void Peer(string program, string[] command, string what, string[] read)
        {
            try
            {
                Add(rows, name, what, Best(1, () => Start(program, command)), megabytes, null);
            }
            catch (Win32Exception)
            {
                Console.WriteLine($"{name}, {what}: {program} is not installed");
            }
        }
    }

    private static void WriteRun(string directory, long steps)
    {
        using TrainLogging logging = TrainLogging.Create(new TrainLogOptions { LogDirectory = directory, EnableConsoleLogging = false });
        using TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "Net", TotalSteps = steps, BatchSize = 64 });
        var random = new Random(2);
        for (long step = 1; step <= steps; step++)
        {
            double loss = 0.3 + (2.0 * Math.Exp(-5.0 * step / steps)) + (0.05 * random.NextDouble());
            run.LogStep(1, step, loss, 0.1, accuracy: 1.0 - (loss / 4.0), metrics: [new Metric("a", loss * 2.0), new Metric("b", random.NextDouble())]);
        }

        run.End(success: true);
    }

    // After decompression.
    private static long LinesOf(string directory)
    {
        byte[] piece = new byte[1 << 20];
        long bytes = 0;
        foreach (string path in Directory.GetFiles(directory, "run.jsonl*"))
        {
            using FileStream file = File.OpenRead(path);
            using Stream lines = FastTrainLog.Reading.CompressedFile.IsOne(path) ? new FastTrainLog.Reading.CompressedFile(file) : file;
            int read;
            while ((read = lines.Read(piece)) > 0)
            {
                bytes += read;
            }
        }

        return bytes;
    }

    private static double Best(int rounds, Func<TimeSpan> measure) => Enumerable.Range(0, rounds).Min(_ => measure().TotalMilliseconds);

    private static TimeSpan Tool(params string[] arguments) => Start(ChildRun.ToolPath("FastTrainLog.Tool"), arguments);

    private static TimeSpan Start(string program, string[] arguments)
    {
        bool isAssembly = program.EndsWith(".dll", StringComparison.Ordinal);
        long begun = Stopwatch.GetTimestamp();
        using Process process = Process.Start(new ProcessStartInfo(isAssembly ? "dotnet" : program, isAssembly ? [program, .. arguments] : arguments) { RedirectStandardOutput = true })!;
        process.StandardOutput.BaseStream.CopyTo(Stream.Null);
        process.WaitForExit();
        return process.ExitCode == 0 ? Stopwatch.GetElapsedTime(begun) : throw new IOException($"'{program} {string.Join(' ', arguments)}' ended with code {process.ExitCode}.");
    }

    private static void Add(List<ReadingRow> rows, string name, string operation, double milliseconds, double? megabytes, double? peakMb)
    {
        string load = File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";
        var row = new ReadingRow(name, operation, Math.Round(milliseconds, 2), megabytes is { } read ? Math.Round(read / milliseconds * 1000) : null, peakMb is { } peak ? Math.Round(peak) : null, load);
        rows.Add(row);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row.Case}, {row.Operation}, {row.Milliseconds}, {row.MegabytesPerSecond}, {row.PeakMb}, {row.Load}"));
    }
}
