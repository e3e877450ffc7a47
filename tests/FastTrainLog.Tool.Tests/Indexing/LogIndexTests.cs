using System.IO.Compression;
using System.Text;
using FastTrainLog.Analysis;
using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Indexing;
using FastTrainLog.Tool.Tests.Analysis;
using FastTrainLog.Tool.Tests.Runs;
using Xunit;

namespace FastTrainLog.Tool.Tests.Indexing;

/// <summary>An index says of a log what reading the log says, whatever became of its files and of the index.</summary>
public sealed class LogIndexTests(Tests.SampleLog sample) : IDisposable
{
    private readonly LogDirectory _log = new();

    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    [InlineData(400)]
    public void A_compressed_file_that_is_damaged_is_told_once_however_often_the_log_is_read(int length)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(compressed, System.IO.Compression.CompressionLevel.NoCompression, leaveOpen: true))
        {
            gzip.Write(System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 50).Select(i => LogDirectory.Line(i, "earlier") + "\n"))));
        }

        _log.With("run.jsonl.1.gz", compressed.ToArray()[..length]).With("run.jsonl", LogDirectory.Line(59, "later"));
        for (int again = 0; again < 3; again++)
        {
            using LogIndex index = LogIndex.Open(_log.Path)!;
            LogAnalysis analysis = index.Analyze(cancellation: TestContext.Current.CancellationToken)!;
            Assert.Equal(1, analysis.Unreadable.Lines);
            Assert.Equal(1, _log.Analyze(null).Unreadable.Lines);
        }
    }

    [Theory]
    [InlineData(1, 51, 0)]
    [InlineData(30, 50, 1)]
    public void The_last_line_of_a_compressed_file_without_a_line_feed_is_a_record_if_it_is_complete(int missing, int records, int unreadable)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(compressed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 50).Select(i => LogDirectory.Line(i, "earlier") + "\n")))[..^missing]);
        }

        _log.With("run.jsonl.1.gz", compressed.ToArray()).With("run.jsonl", LogDirectory.Line(59, "later"));
        for (int again = 0; again < 3; again++)
        {
            using LogIndex index = LogIndex.Open(_log.Path)!;
            LogAnalysis analysis = index.Analyze(cancellation: TestContext.Current.CancellationToken)!;
            Assert.Equal((records, unreadable), (analysis.Run.Records, analysis.Unreadable.Lines));
            AssertAlike();
        }
    }

    [Fact]
    public void A_real_log_is_analysed_alike_wherever_the_reading_was_interrupted()
    {
        string[] lines = [.. File.ReadAllLines(sample.PathOf("run.jsonl")), .. Rich()];
        var random = new Random(7);
        for (int end = 0; end < lines.Length; end += random.Next(1, 60))
        {
            // The last line is half written.
            string next = lines[end][..random.Next(lines[end].Length)];
            _log.With("run.jsonl", Encoding.UTF8.GetBytes(string.Concat(lines[..end].Select(line => line + "\n")) + next));
            if (end > 0)
            {
                AssertAlike();
            }
        }

        _log.With("run.jsonl", lines);
        AssertAlike();
        AssertAlike("rich");
    }

    [Fact]
    public void Files_that_are_rotated_and_compressed_are_followed_and_not_read_again()
    {
        string[] lines = Rich();
        _log.With("run.jsonl", lines[..100]);
        AssertAlike();
        File.Move(_log.PathOf("run.jsonl"), _log.PathOf("run.jsonl.1"));
        _log.With("run.jsonl", lines[100..150]);
        AssertAlike();
        Compress(_log.PathOf("run.jsonl.1"), _log.PathOf("run.jsonl.2.gz"));
        File.Move(_log.PathOf("run.jsonl"), _log.PathOf("run.jsonl.1"));
        _log.With("run.jsonl", lines[150..]);
        AssertAlike();

        // What stands in a compressed file that was read is known: nobody opens it for its lines again.
        byte[] compressed = File.ReadAllBytes(_log.PathOf("run.jsonl.2.gz"));
        compressed.AsSpan(compressed.Length / 2).Clear();
        _log.With("run.jsonl.2.gz", compressed);
        using LogIndex index = LogIndex.Open(_log.Path)!;
        Assert.Equal(0, index.Analyze("rich", cancellation: TestContext.Current.CancellationToken).Unreadable.Lines);
        Assert.NotEqual(0, _log.Analyze().Unreadable.Lines);
    }

    [Fact]
    public void A_file_that_was_cut_replaced_or_deleted_makes_the_index_anew()
    {
        string[] lines = Rich();
        _log.With("run.jsonl.1", lines[..100]).With("run.jsonl", lines[100..]);
        AssertAlike();
        _log.With("run.jsonl", lines[100..160]);
        AssertAlike();
        _log.With("run.jsonl", [.. lines[100..159], lines[159].Replace("0.75", "0.25"), .. lines[160..200]]);
        AssertAlike();
        File.Delete(_log.PathOf("run.jsonl.1"));
        AssertAlike();
    }

    [Fact]
    public void A_run_that_went_back_is_analysed_alike_wherever_the_reading_was_interrupted()
    {
        string[] lines = [.. Resumed(), .. Rich()];
        for (int end = 1; end <= lines.Length; end += end is > 60 and < 75 or > 120 and < 135 ? 1 : 7)
        {
            // The last line is half written, or has no line feed yet.
            string next = end == lines.Length ? string.Empty : lines[end][..(lines[end].Length / (end % 2 + 1))];
            _log.With("run.jsonl", Encoding.UTF8.GetBytes(string.Concat(lines[..end].Select(line => line + "\n")) + next));
            AssertAlike();
            AssertAlike("back");
        }
    }

    [Fact]
    public void A_run_that_went_back_is_not_read_again()
    {
        string[] lines = Resumed();
        _log.With("run.jsonl.1", lines[..^30]).With("run.jsonl", lines[^30..]);
        Compress(_log.PathOf("run.jsonl.1"), _log.PathOf("run.jsonl.2.gz"));
        AssertAlike();
        string expected = Json(_log.Analyze());

        // Whoever reads the lines finds them damaged.
        byte[] compressed = File.ReadAllBytes(_log.PathOf("run.jsonl.2.gz"));
        compressed.AsSpan(compressed.Length / 2).Clear();
        _log.With("run.jsonl.2.gz", compressed);
        using (LogIndex index = LogIndex.Open(_log.Path)!)
        {
            Assert.Equal(expected, Json(index.Analyze(cancellation: TestContext.Current.CancellationToken)));
            Assert.NotEqual(expected, Json(_log.Analyze()));
        }

        // Nor when it has moved on, and the run beside it never is.
        File.AppendAllLines(_log.PathOf("run.jsonl"), new RunLines("back", 300, namesRun: true).Step(141, 0.5).Step(142, 0.25).Lines);
        using LogIndex later = LogIndex.Open(_log.Path)!;
        LogAnalysis analysis = later.Analyze("back", cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((0, 142, 142), (analysis.Unreadable.Lines, analysis.Progress.Loss!.Count, analysis.Progress.LastStep));
    }

    [Fact]
    public void An_index_that_is_torn_at_any_page_is_never_believed()
    {
        _log.With("run.jsonl", Rich());
        AssertAlike();
        byte[] whole = File.ReadAllBytes(_log.PathOf(IndexFile.Name));
        byte[] noise = new byte[4096];
        new Random(3).NextBytes(noise);
        string expected = Json(_log.Analyze());
        for (int page = 0; page * 4096 < whole.Length; page++)
        {
            foreach (byte[] damaged in (byte[][])[whole[..(page * 4096)], With(whole, page, new byte[4096]), With(whole, page, noise)])
            {
                _log.With(IndexFile.Name, damaged);
                using LogIndex index = LogIndex.Open(_log.Path)!;
                Assert.Equal(expected, Json(index.Analyze(cancellation: TestContext.Current.CancellationToken)));
                Assert.Equal(300, index.Buckets("rich", "train/loss", 0, 1000, 1).Sum(bucket => bucket.Count));
            }
        }
    }

    [Fact]
    public void Something_else_in_its_place_keeps_nobody_from_the_figures()
    {
        _log.With("run.jsonl", Rich()).With(IndexFile.Name, "no index at all");
        AssertAlike();
    }

    [Fact]
    public void An_index_of_somebody_else_s_is_used_and_goes_on_in_the_cache_of_who_may_not_write_it()
    {
        if (!OtherUser.Exists)
        {
            Assert.Skip(OtherUser.Lacking);
            return;
        }

        using var cache = new LogDirectory();
        File.SetUnixFileMode(cache.Path, (UnixFileMode)0b111_111_111);
        File.SetUnixFileMode(_log.Path, (UnixFileMode)0b111_101_101);
        string[] lines = Rich();
        _log.With("run.jsonl", lines[..200]);
        AssertAlike();
        AssertReads();
        Assert.Empty(Directory.GetFileSystemEntries(cache.Path));

        File.AppendAllLines(_log.PathOf("run.jsonl"), lines[200..]);
        byte[] index = File.ReadAllBytes(_log.PathOf(IndexFile.Name));
        AssertReads();
        string cached = Assert.Single(Directory.GetFiles(cache.Path, "*", SearchOption.AllDirectories));
        using (IndexStore store = IndexStore.OpenExisting(cached))
        {
            Assert.Equal(300, new SeriesQuery(store, IndexedSeries.NameOf(new RunName("rich", null), "train/loss")).Buckets(0, 1000, 1).Sum(bucket => bucket.Count));
        }

        AssertReads();
        Assert.Equal(index, File.ReadAllBytes(_log.PathOf(IndexFile.Name)));

        void AssertReads()
        {
            (int code, string json, string error) = OtherUser.Run(new() { ["XDG_CACHE_HOME"] = cache.Path }, "analyze", _log.Path, "--json");
            Assert.True(code == 0, error);
            Assert.Equal(_log.Analyze().Progress.Steps, System.Text.Json.JsonDocument.Parse(json).RootElement.GetProperty("progress").GetProperty("steps").GetInt64());
            (code, json, error) = OtherUser.Run(new() { ["XDG_CACHE_HOME"] = cache.Path }, "runs", _log.Path, "--where", $"steps={_log.Analyze().Progress.Steps}", "--json");
            Assert.True(code == 0, error);
            Assert.Contains("\"rich\"", json, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Several_readers_at_once_agree()
    {
        _log.With("run.jsonl", Rich());
        string expected = Json(_log.Analyze());
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        string[] read = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            using LogIndex index = LogIndex.Open(_log.Path)!;
            return Json(index.Analyze(cancellation: cancellation));
        }, cancellation)));
        Assert.All(read, json => Assert.Equal(expected, json));
    }

    [Fact]
    public void Every_series_has_its_points()
    {
        _log.With("run.jsonl", Rich());
        using LogIndex index = LogIndex.Open(_log.Path)!;
        index.Update(cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(["gradients/clipping_ratio", "gradients/gradient_norm", "gradients/stability_score", "metrics/top5", "performance/epoch/duration_seconds", "train/accuracy", "train/learning_rate", "train/loss", "train/step_seconds", "train/throughput"], index.Series("rich"));
        IReadOnlyList<IndexedBucket> loss = index.Buckets("rich", "train/loss", 1, 300, 300);
        Assert.Equal(Enumerable.Range(1, 300).Select(step => (long)step), loss.Select(bucket => bucket.FirstStep));
        Assert.Equal(NonFiniteKinds.NaN, loss[149].NonFinite);
        Assert.Equal(1.0 / 7, loss[6].Last);
    }

    public void Dispose() => _log.Dispose();

    // Twice: by another process, and to a checkpoint.
    private static string[] Resumed()
    {
        var run = new RunLines("back", 300, namesRun: true);
        run.Start();
        Steps(1, 60, 9.0);
        run.Start();
        Steps(41, 80, 5.0);
        Steps(71, 140, 1.0);
        return run.Lines;

        void Steps(int first, int last, double loss)
        {
            for (int step = first; step <= last; step++)
            {
                run.Step(step, loss + (0.001 * step), seconds: 0.1, norm: loss);
                if (step % 20 == 0)
                {
                    run.Issue("fc1", step).Operation("epoch", loss);
                }
            }
        }
    }

    private static string[] Rich()
    {
        var run = new RunLines("rich", 300);
        run.Start();
        for (int step = 1; step <= 300; step++)
        {
            run.Step(step, step == 150 ? double.NaN : step % 97 == 0 ? 50.0 : 1.0 / step, seconds: step == 200 ? 60.0 : 0.1, norm: step % 50 == 0 ? 100.0 : 1.0 + (0.001 * step), eta: 300 - step);
            if (step % 40 == 0)
            {
                run.Issue($"fc{step % 3}", step).Error("read", "Data", $"{{\"file\":\"x.csv\",\"row\":{step}}}", recovered: step % 80 == 0).Operation("epoch", 4.0 + (0.01 * step));
            }
        }

        return run.End().Lines;
    }

    private static void Compress(string file, string into)
    {
        using (var stream = new GZipStream(File.Create(into), CompressionLevel.Fastest))
        {
            stream.Write(File.ReadAllBytes(file));
        }

        File.Delete(file);
    }

    private static byte[] With(byte[] whole, int page, byte[] other)
    {
        byte[] damaged = [.. whole];
        other.CopyTo(damaged, page * 4096);
        return damaged;
    }

    private static string Json(LogAnalysis analysis)
    {
        var stream = new MemoryStream();
        analysis.WriteJson(stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private void AssertAlike(string? run = null)
    {
        using LogIndex index = LogIndex.Open(_log.Path)!;
        Assert.Equal(Json(_log.Analyze(run)), Json(index.Analyze(run, cancellation: TestContext.Current.CancellationToken)));
    }
}
