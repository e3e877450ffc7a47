using System.IO.Compression;
using System.Text;
using FastTrainLog.Reading;
using FastTrainLog.Tool.Doctor;
using Xunit;
using static FastTrainLog.Tool.Tests.LogDirectory;

namespace FastTrainLog.Tool.Tests.Reading;

/// <summary>Compressed files that are whole, cut off or damaged, and what every reader makes of them.</summary>
public sealed class CompressedFileTests : IDisposable
{
    private readonly LogDirectory _log = new LogDirectory().With("run.jsonl", Line(59, "last"));

    [Fact]
    public void Every_prefix_of_a_compressed_file_but_the_whole_is_told_by_every_reader()
    {
        // Two pieces, as a compressed file that was appended to has.
        byte[] first = Compress(Line(1, "a") + "\n");
        byte[] whole = [.. first, .. Compress(Line(2, "b") + "\n")];
        for (int length = 0; length <= whole.Length; length++)
        {
            _log.With("run.jsonl.1.gz", whole[..length]);
            List<string> messages = _log.ReadMessages(out UnreadableLines unreadable);

            bool isWhole = length == whole.Length || length == first.Length;
            Assert.True(isWhole == (unreadable.Count == 0), $"{length} of {whole.Length}");
            Assert.Equal("last", messages[^1]);
            Assert.Equal(["a", "b", "last"], messages.Concat(["a", "b", "last"]).Distinct().Order(StringComparer.Ordinal));
            Assert.True(length < whole.Length || messages.Count == 3);
        }

        foreach (int length in new[] { 0, 5, 10, first.Length - 8, first.Length - 1, first.Length + 10, whole.Length - 8, whole.Length - 1 })
        {
            _log.With("run.jsonl.1.gz", whole[..length]);
            Assert.Contains(Examination.Of(new LogDirectoryState(_log.Path, [], section: null)), found => found.Check == "content" && found.Finding.Severity == Severity.Warning && found.Finding.Message.Contains("run.jsonl.1.gz", StringComparison.Ordinal));
            Assert.Contains("run.jsonl.1.gz", ToolRun.Of("analyze", _log.Path).Output);
            (int code, _, string error) = ToolRun.Of("export", _log.Path, "--format", "jsonl", "--out", _log.PathOf("out"), "--force");
            Assert.Equal(1, code);
            Assert.Contains("run.jsonl.1.gz", error);
            (int tailed, string shown, string told) = ToolRun.Of("tail", _log.Path, "--no-follow");
            Assert.Equal(0, tailed);
            Assert.Contains("run.jsonl.1.gz cannot be read to its end", told);
            Assert.EndsWith(" last\n", shown);
        }
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Fastest)]
    [InlineData(CompressionLevel.SmallestSize)]
    public void A_whole_file_of_any_size_is_read_to_its_end_and_a_changed_byte_is_told(CompressionLevel level)
    {
        var random = new Random(7);
        foreach (int lines in new[] { 1, 7, 1000, 20_000 })
        {
            string[] content = [.. Enumerable.Range(0, lines).Select(i => Line(i % 60, $"{random.NextInt64():x} {i}"))];
            byte[] compressed = Compress(string.Concat(content.Select(line => line + "\n")), level);
            _log.With("run.jsonl.1.gz", compressed);
            Assert.Equal(lines + 1, _log.ReadMessages(out UnreadableLines unreadable).Count);
            Assert.Equal(0, unreadable.Count);
            Assert.Equal(lines, new GzipLines(_log.PathOf("run.jsonl.1.gz")).Count);

            compressed[^6] ^= 1;
            _log.With("run.jsonl.1.gz", compressed);
            _log.ReadMessages(out unreadable);
            Assert.True(unreadable.Count > 0, $"{lines} lines");
        }
    }

    [Fact]
    public void What_stands_behind_the_end_and_is_not_compressed_is_told()
    {
        _log.With("run.jsonl.1.gz", [.. Compress(Line(1, "a") + "\n"), .. new byte[512]]);

        Assert.Equal(["a", "last"], _log.ReadMessages(out UnreadableLines unreadable));
        Assert.Equal(1, unreadable.Count);
    }

    [Fact]
    public void The_last_lines_of_a_large_compressed_file_are_found_in_bounded_memory()
    {
        using (var gzip = new GZipStream(File.Create(_log.PathOf("run.jsonl.1.gz")), CompressionLevel.Fastest))
        {
            // A line of 600 MB that ends nowhere for long, and a hundred thousand of a kilobyte behind it.
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 600; i++)
            {
                gzip.Write(zeros);
            }

            gzip.Write("\n"u8);
            string padding = new('x', 1000);
            for (int i = 0; i < 100_000; i++)
            {
                gzip.Write(Encoding.UTF8.GetBytes(Line(i % 60, $"{padding} {i}") + "\n"));
            }
        }

        using ToolProcess tool = ToolProcess.Start(new Dictionary<string, string> { ["DOTNET_GCHeapHardLimit"] = "10000000" /* 256 MiB */ }, "tail", _log.Path, "--no-follow", "-n", "5", "--grep", " 7");
        Assert.True(tool.Wait() == 0, tool.Error);
        Assert.Equal(["79995", "79996", "79997", "79998", "79999"], tool.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[^1]));
    }

    [Fact]
    public void A_rotated_file_that_was_damaged_does_not_stop_who_follows_the_log()
    {
        using LogDirectory log = new LogDirectory().With("a.log", "1");
        using var file = new FastTrainLog.Tool.Tail.FollowedFile(log.PathOf("a.log"), fromEnd: false);
        Assert.Equal(["1"], Poll(file));
        byte[] compressed = Compress("2\n3\n");
        File.Delete(log.PathOf("a.log"));
        log.With("a.log.2.gz", Compress("1\n")).With("a.log.1.gz", compressed[..^5]).With("a.log", "4");

        Assert.Equal(["2", "3", "4"], Poll(file));
        Assert.Contains("a.log.1.gz cannot be read to its end", Assert.Single(file.Damaged));
    }

    [Fact]
    public void A_line_of_any_length_is_passed_over_by_who_follows_the_log()
    {
        using LogDirectory log = new LogDirectory().With("a.log", "1");
        using var file = new FastTrainLog.Tool.Tail.FollowedFile(log.PathOf("a.log"), fromEnd: false);
        File.AppendAllText(log.PathOf("a.log"), new string('x', 3 * LineReader.LongestLine));
        Assert.Equal(["1"], Poll(file));
        File.AppendAllText(log.PathOf("a.log"), "xx\n2\n");
        Assert.Equal(["2"], Poll(file));

        using var again = new FastTrainLog.Tool.Tail.FollowedFile(log.PathOf("a.log"), fromEnd: true);
        Assert.Equal(["2", "1"], again.PassedOver(static (_, _) => LineSpan.All).Select(line => Encoding.UTF8.GetString(line)));
    }

    [Theory]
    [InlineData("run.jsonl")]
    [InlineData("run.jsonl.1")]
    [InlineData("run.jsonl.1.gz")]
    [InlineData("run.2.jsonl")]
    public void A_FIFO_under_the_name_of_a_log_file_holds_no_reader_up(string name) => WithStranger(name, path => Shell($"mkfifo '{path}'"));

    [Theory]
    [InlineData("run.jsonl.1")]
    [InlineData("run.2.jsonl")]
    public void A_device_under_the_name_of_a_log_file_holds_no_reader_up(string name) => WithStranger(name, path => File.CreateSymbolicLink(path, "/dev/zero"));

    public void Dispose() => _log.Dispose();

    private void WithStranger(string name, Action<string> make)
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("FIFOs are told from files on Linux only.");
        }

        File.Delete(_log.PathOf(name));
        make(_log.PathOf(name));
        bool isOnly = name == "run.jsonl";
        foreach (string[] command in new string[][]
        {
            ["analyze", _log.Path], ["compare", _log.Path], ["export", _log.Path, "--format", "jsonl", "--out", _log.PathOf("out"), "--force"],
            ["tail", _log.Path, "--no-follow"], ["tail", _log.Path, "--no-follow", "--file", "run.jsonl"],
        })
        {
            // What hangs is left behind.
            Task<(int Code, string Output, string Error)> run = Task.Run(() => ToolRun.Of(command));
            Assert.True(run.Wait(TimeSpan.FromMinutes(2)), $"{command[0]} hangs");
            Assert.True(command[0] != "export" || run.Result.Code != 0);
            if (command[0] == "export" || (isOnly && command[0] != "compare"))
            {
                Assert.Contains("no file", run.Result.Output + run.Result.Error);
            }
        }

        // Not all checks: journals of other directories are this machine's affair.
        var state = new LogDirectoryState(_log.Path, [], section: null);
        Task<Finding[]> checks = Task.Run(() => ContentCheck.Run(state).Concat(RetentionCheck.Run(state)).Concat(RotationCheck.Run(state)).Concat(DirectoryCheck.Run(state)).ToArray());
        Assert.True(checks.Wait(TimeSpan.FromMinutes(2)), "doctor hangs");
        Assert.Contains(checks.Result, finding => finding.Severity != Severity.Ok && finding.Message.Contains("no file", StringComparison.Ordinal));
    }

    private static void Shell(string command)
    {
        using var shell = System.Diagnostics.Process.Start("/bin/sh", ["-c", command]);
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
    }

    private static List<string> Poll(FastTrainLog.Tool.Tail.FollowedFile file)
    {
        var lines = new List<string>();
        file.Poll(line => lines.Add(Encoding.UTF8.GetString(line)));
        return lines;
    }

    private static byte[] Compress(string text, CompressionLevel level = CompressionLevel.Fastest)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, level))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return compressed.ToArray();
    }

    /// <summary>Reads a compressed file a byte at a time.</summary>
    private sealed class GzipLines(string path)
    {
        public int Count
        {
            get
            {
                using var file = new GzipFile(File.OpenRead(path));
                int count = 0;
                for (int value; (value = file.ReadByte()) >= 0;)
                {
                    count += value == '\n' ? 1 : 0;
                }

                return count;
            }
        }
    }
}
