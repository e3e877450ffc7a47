using System.Globalization;
using System.IO.Compression;
using System.Text;
using FastTrainLog.Columns;
using FastTrainLog.Indexing;
using FastTrainLog.Reading;
using FastTrainLog.Tests.Shared;
using FastTrainLog.Tool.Doctor;
using FastTrainLog.Training;
using Xunit;
using static FastTrainLog.Tool.Tests.LogDirectory;

namespace FastTrainLog.Tool.Tests.Reading;

/// <summary>Rotated files whose lines are stored as columns: every reader reads them as it reads plain ones, and tells which are cut off or damaged.</summary>
public sealed class ColumnFileTests : IDisposable
{
    private readonly LogDirectory _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public void A_directory_of_plain_files_of_gzip_and_of_columns_is_one_log_to_every_reader()
    {
        _log.With("run.jsonl.4.cols", Columns(Line(1, "a"), Line(2, "b"))).With("run.jsonl.3.gz", Gzip(Line(3, "c"))).With("run.jsonl.2", Line(4, "d")).With("run.jsonl.1.cols", Columns(Line(5, "e"))).With("run.jsonl", Line(6, "f"));

        Assert.Equal(["a", "b", "c", "d", "e", "f"], _log.ReadMessages(out UnreadableLines unreadable));
        Assert.Equal(0, unreadable.Count);
        (int tailed, string tail, _) = ToolRun.Of("tail", _log.Path, "--no-follow");
        Assert.Equal(0, tailed);
        Assert.Equal(["a", "b", "c", "d", "e", "f"], tail.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[^1]));
        Assert.Equal(6, _log.Analyze().Runs.Sum(run => run.Records));
        (int cat, string lines, _) = ToolRun.Of("cat", _log.PathOf("run.jsonl.4.cols"), _log.PathOf("run.jsonl.3.gz"), _log.PathOf("run.jsonl.2"));
        Assert.Equal((0, $"{Line(1, "a")}\n{Line(2, "b")}\n{Line(3, "c")}\n{Line(4, "d")}\n"), (cat, lines));
    }

    [Fact]
    public void Lines_that_are_not_text_are_written_byte_by_byte()
    {
        byte[] lines = [0xFF, 0x00, 0xC3, (byte)'\n', 0xEF, 0xBB, 0xBF, (byte)'a', (byte)'\n', 0xE2, 0x82];
        _log.With("run.jsonl.1", lines).With("run.jsonl.2.gz", Compressed(lines));
        Assert.Equal([.. lines, .. lines], ToolRun.BytesOf("cat", _log.PathOf("run.jsonl.1"), _log.PathOf("run.jsonl.2.gz")).Output);
    }

    [Fact]
    public void Every_prefix_and_every_changed_byte_is_told_by_every_reader()
    {
        _log.With("run.jsonl", Line(59, "last"));
        byte[] whole = Columns(Line(1, "a"), Line(2, "b"));
        for (int length = 0; length <= whole.Length; length++)
        {
            _log.With("run.jsonl.1.cols", whole[..length]);
            List<string> messages = _log.ReadMessages(out UnreadableLines unreadable);
            Assert.True((length == whole.Length) == (unreadable.Count == 0), $"{length} of {whole.Length}");
            Assert.Equal("last", messages[^1]);
        }

        for (int at = 0; at < whole.Length; at++)
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= 0x10;
            _log.With("run.jsonl.1.cols", damaged);
            Assert.Equal("last", _log.ReadMessages(out UnreadableLines unreadable)[^1]);
            Assert.True(unreadable.Count > 0, $"byte {at}");
        }

        _log.With("run.jsonl.1.cols", whole[..^1]);
        Assert.Contains(Examination.Of(new LogDirectoryState(_log.Path, [], section: null)), found => found.Check == "content" && found.Finding.Severity == Severity.Warning && found.Finding.Message.Contains("run.jsonl.1.cols", StringComparison.Ordinal));
        (int code, _, string error) = ToolRun.Of("export", _log.Path, "--format", "jsonl", "--out", _log.PathOf("out"), "--force");
        Assert.Equal(1, code);
        Assert.Contains("run.jsonl.1.cols", error);
        (_, _, string told) = ToolRun.Of("tail", _log.Path, "--no-follow");
        Assert.Contains("run.jsonl.1.cols cannot be read to its end", told);
        (int cat, _, string why) = ToolRun.Of("cat", _log.PathOf("run.jsonl.1.cols"));
        Assert.Equal(1, cat);
        Assert.Contains("it is cut off", why);
    }

    [Fact]
    public void An_index_follows_a_file_into_its_columns_and_reads_none_of_it_again()
    {
        string[] lines = [.. Enumerable.Range(0, 50).Select(i => Line(i, $"message {i}"))];
        _log.With("run.jsonl.1", lines).With("run.jsonl", Line(55, "last"));
        using (LogIndex index = LogIndex.Open(_log.Path)!)
        {
            index.Update(cancellation: TestContext.Current.CancellationToken);
            Assert.Equal(51, index.Runs().Sum(run => run.Records));
        }

        // It is damaged behind its first bytes, by which it is known: to read it again would count what cannot be read.
        byte[] columns = Columns(lines);
        columns[^20] ^= 1;
        File.Delete(_log.PathOf("run.jsonl.1"));
        _log.With("run.jsonl.1.cols", columns);
        File.AppendAllText(_log.PathOf("run.jsonl"), Line(56, "new") + "\n");
        using LogIndex again = LogIndex.Open(_log.Path)!;
        again.Update(cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(52, again.Runs().Sum(run => run.Records));
        Assert.Equal(0, again.Analyze(cancellation: TestContext.Current.CancellationToken).Unreadable.Lines);
    }

    [Fact]
    public void By_default_the_rotated_files_of_a_run_take_below_25_bytes_a_step_with_ten_values()
    {
        const int Steps = 12_000;
        var random = new Random(1);
        using (TrainLogging logging = TrainLogging.Create(o => (o.LogDirectory, o.EnableConsoleLogging, o.EnableFileLogging, o.ResourceInterval, o.SnapshotInterval) = (_log.Path, false, false, TimeSpan.Zero, TimeSpan.Zero)))
        using (TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "M", TotalSteps = 1_000_000, BatchSize = 32 }))
        {
            for (int step = 1; step <= Steps; step++)
            {
                float loss = (float)((2.0 / (1 + (step * 1e-4))) + (0.05 * random.NextDouble()));
                run.LogStep(
                    1, step, loss, 1e-3 * Math.Cos(step * 1e-6), accuracy: (float)random.NextDouble(),
                    metrics: [("perplexity", MathF.Exp(loss)), ("gradient_norm", 1 + random.NextSingle()), ("tokens", 32L * 512 * step), ("loss_scale", 65536)]);
                if (step % 1000 == 0)
                {
                    Assert.True(logging.Flush(TimeSpan.FromMinutes(5)));
                }
            }

            Assert.True(Eventually.Is(() => logging.Flush() && File.Exists(_log.PathOf("run.jsonl.999999999.cols")) && !File.Exists(_log.PathOf("run.jsonl.999999999")), TimeSpan.FromMinutes(5)));
        }

        (int code, string lines, _) = ToolRun.Of("cat", _log.PathOf("run.jsonl.999999999.cols"));
        Assert.Equal(0, code);
        int steps = lines.Split("\"event\":\"Step\"").Length - 1;
        Assert.InRange((double)new FileInfo(_log.PathOf("run.jsonl.999999999.cols")).Length / steps, 5, 25);
        Assert.Equal(Steps, _log.Analyze().Progress.Steps);
    }

    private static byte[] Columns(params string[] lines)
    {
        using var stored = new MemoryStream();
        using (var writer = new ColumnFileWriter(stored))
        {
            writer.Write(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))));
        }

        return stored.ToArray();
    }

    private static byte[] Gzip(string line) => Compressed(Encoding.UTF8.GetBytes($"{line}\n"));

    private static byte[] Compressed(byte[] lines)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(lines);
        }

        return compressed.ToArray();
    }
}
