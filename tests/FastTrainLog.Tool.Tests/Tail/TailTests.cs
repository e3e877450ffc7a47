using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using FastTrainLog.Tests.Shared;
using FastTrainLog.Tool.Tail;
using Xunit;

namespace FastTrainLog.Tool.Tests.Tail;

/// <summary><c>fasttrainlog tail</c>, as a process where its life is what is tested.</summary>
public sealed class TailTests(SampleLog sample)
{
    [Fact]
    public void Every_line_of_a_process_that_rotates_often_is_shown_exactly_once_and_in_order()
    {
        const int Records = 60_000;
        using var log = new LogDirectory();
        // The process may be the first to start: what it wrote before is asked for too.
        using ToolProcess tail = ToolProcess.Start("tail", log.Path, "--event", "Numbered", "-n", $"{Records}");
        // 200 kB a file: more than a hundred rotations.
        using (var run = CrashedRun.Start(log.Path, "return", Records))
        {
            Assert.True(run.Process.WaitForExit(TimeSpan.FromMinutes(1)));
        }

        Assert.True(Eventually.Is(() => tail.LastLine.Contains($"number {Records - 1} ", StringComparison.Ordinal), TimeSpan.FromMinutes(1)), tail.LastLine + tail.Error);
        Terminate(tail.Id);
        Assert.Equal(143, tail.Wait());
        Assert.Empty(tail.Error);
        Assert.True(Directory.GetFiles(log.Path, "run.jsonl.*").Length > 50);
        string[] lines = tail.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Records, lines.Length);
        for (int i = 0; i < Records; i++)
        {
            Assert.Contains($"] TRAINING - INFO - session 0 thread 0 number {i} ", lines[i], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_log_whose_records_are_not_there_yet_is_waited_for_and_told_of()
    {
        using LogDirectory log = new LogDirectory().With("main.log", "a line");
        using ToolProcess tail = ToolProcess.Start("tail", log.Path);

        // Told late: a log that begins makes its text files first.
        Assert.True(Eventually.Is(() => tail.Error.Length > 0, TimeSpan.FromMinutes(1)));
        Assert.StartsWith($"There is no run.jsonl in {log.Path}: name a text file with --file", tail.Error);
        log.With("run.jsonl", LogDirectory.Line(1, "one"));
        Assert.True(Eventually.Is(() => tail.LastLine.EndsWith("one", StringComparison.Ordinal), TimeSpan.FromMinutes(1)));
        Terminate(tail.Id);
        Assert.Equal(143, tail.Wait());
        Assert.Single(tail.Error.TrimEnd().Split('\n'));

        File.Delete(log.PathOf("run.jsonl"));
        (int code, _, string error) = ToolRun.Of("tail", log.Path, "--no-follow");
        Assert.Equal(1, code);
        Assert.Contains("There is no run.jsonl", error);
    }

    [Fact]
    public void The_text_is_that_of_the_librarys_own_files()
    {
        string[] files = ["main.log", "training_progress.log", "errors.log", "numerical_stability.log", "system.log", "performance.log", "model_operations.log"];

        (int code, string output, _) = ToolRun.Of("tail", sample.Path, "--no-follow", "-n", "100000");

        Assert.Equal(0, code);
        // errors.log repeats the warnings and errors of the others.
        string[] expected = [.. files.SelectMany(file => File.ReadAllLines(sample.PathOf(file))
            .Where(line => file != "errors.log" || line.Contains("] ERROR - ", StringComparison.Ordinal) || line.Contains("] SUMMARY - ", StringComparison.Ordinal) || line.StartsWith("    ", StringComparison.Ordinal))).Order(StringComparer.Ordinal)];
        Assert.Equal(expected, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_last_records_are_those_that_are_asked_for()
    {
        string Of(params string[] arguments)
        {
            (int code, string output, string error) = ToolRun.Of(["tail", sample.Path, "--no-follow", .. arguments]);
            Assert.True(code == 0, error);
            return output;
        }

        Assert.Equal(10, Count(Of()));
        Assert.Equal(0, Count(Of("-n", "0")));
        Assert.Equal(3, Count(Of("-n", "3", "--event", "Step")));
        Assert.Contains($"Step {SampleLog.Steps}/{SampleLog.Steps}", Of("-n", "1", "--event", "1001"));
        Assert.All(Of("-n", "1000", "-c", "numerical_stability").Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Contains("] STABILITY - ", line));
        Assert.Contains("at step 25", Of("--level", "warning", "--grep", "NAN (MEDIUM)"));
        Assert.Contains("--inject-error asked for it", Of("--grep", "InvalidDataException"));
        Assert.StartsWith("{\"timestamp\":", Of("-n", "1", "--json"));
    }

    [Fact]
    public void The_last_records_are_found_in_rotated_and_compressed_files_and_in_those_of_several_processes()
    {
        using LogDirectory log = new LogDirectory()
            .With("run.jsonl", LogDirectory.Line(8, "eight"))
            .With("run.jsonl.1", LogDirectory.Line(5, "five"), LogDirectory.Line(6, "six"))
            .With("run.jsonl.2.gz", Gzip(LogDirectory.Line(1, "one") + "\n" + LogDirectory.Line(2, "two") + "\n"))
            .With("run.2.jsonl", LogDirectory.Line(7, "seven"), LogDirectory.Line(9, "nine"));

        string output = ToolRun.Of("tail", log.Path, "--no-follow", "-n", "6").Output;

        Assert.Equal(["two", "five", "six", "seven", "eight", "nine"], output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[(line.LastIndexOf(' ') + 1)..]));
    }

    [Fact]
    public void What_is_whole_of_a_damaged_run_is_shown_and_the_rest_is_told()
    {
        using LogDirectory log = sample.CopyDamaged(out string[] whole);

        (int code, string json, _) = ToolRun.Of("tail", log.Path, "--no-follow", "-n", "100000", "--json");
        string text = ToolRun.Of("tail", log.Path, "--no-follow", "-n", "100000").Output;

        Assert.Equal(0, code);
        Assert.Equal(whole, json.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(2, text.Split('\n').Count(line => line.Contains("run.jsonl has a line that cannot be read", StringComparison.Ordinal)));
        Assert.DoesNotContain('\0', text);
    }

    [Fact]
    public void A_text_file_is_shown_with_its_traces_and_its_levels()
    {
        string output = ToolRun.Of("tail", sample.Path, "--file", "errors.log", "--no-follow", "-n", "1", "--grep", "read_batch").Output;

        Assert.Contains("read_batch failed", output);
        Assert.Contains("\n    System.IO.InvalidDataException", output);
        Assert.Empty(ToolRun.Of("tail", sample.Path, "--file", "main.log", "--no-follow", "--level", "warning").Output);
        (int code, _, string error) = ToolRun.Of("tail", sample.Path, "--file", "main.log", "--event", "Step");
        Assert.Equal(1, code);
        Assert.Contains("leave --file out", error);
    }

    [Fact]
    public void A_reader_that_goes_away_ends_it()
    {
        using LogDirectory log = new LogDirectory().With("run.jsonl", LogDirectory.Line(1, "one"));
        string command = $"dotnet '{Path.Combine(AppContext.BaseDirectory, "FastTrainLog.Tool.dll")}' tail '{log.Path}' | head -n 1";
        using Process shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", command]) { RedirectStandardOutput = true })!;
        Assert.Contains("one", shell.StandardOutput.ReadLine());
        for (long end = Environment.TickCount64 + 60_000; !shell.WaitForExit(50);)
        {
            Assert.True(Environment.TickCount64 < end);
            File.AppendAllText(log.PathOf("run.jsonl"), LogDirectory.Line(2, "two") + "\n");
        }
    }

    [Fact]
    public void A_line_without_its_end_waits_for_it()
    {
        using LogDirectory log = new LogDirectory().With("a.log", "before");
        using var file = new FollowedFile(log.PathOf("a.log"), fromEnd: true);
        File.AppendAllText(log.PathOf("a.log"), "half");
        Assert.Empty(Poll(file));
        File.AppendAllText(log.PathOf("a.log"), " a line\nnext");
        Assert.Equal(["half a line"], Poll(file));
        File.AppendAllText(log.PathOf("a.log"), "\n");
        Assert.Equal(["next"], Poll(file));
    }

    [Fact]
    public void Several_rotations_between_two_looks_are_followed_from_the_oldest_on()
    {
        using LogDirectory log = new LogDirectory().With("a.log", "1").With("a.log.1", "known");
        using var file = new FollowedFile(log.PathOf("a.log"), fromEnd: true);
        File.AppendAllText(log.PathOf("a.log"), "2\n");
        for (int number = 3; number <= 5; number++)
        {
            Rotate(log);
            log.With("a.log", $"{number}");
        }

        log.With("a.log.2.gz", Gzip(File.ReadAllText(log.PathOf("a.log.2"))));
        File.Delete(log.PathOf("a.log.2"));
        Assert.Equal(["2", "3", "4", "5"], Poll(file));
        Assert.Empty(Poll(file));
        Assert.False(file.HasLostFiles);
    }

    [Fact]
    public void A_rotation_in_its_middle_is_followed()
    {
        using LogDirectory log = new LogDirectory().With("a.log", "1");
        using var file = new FollowedFile(log.PathOf("a.log"), fromEnd: false);
        Assert.Equal(["1"], Poll(file));
        File.AppendAllText(log.PathOf("a.log"), "2\n");
        File.Move(log.PathOf("a.log"), log.PathOf("a.log.1"));
        Assert.Equal(["2"], Poll(file));
        Assert.Empty(Poll(file));
        log.With("a.log", "3");
        Assert.Equal(["3"], Poll(file));
    }

    [Fact]
    public void A_file_that_is_deleted_emptied_or_written_over_is_read_from_its_start()
    {
        using LogDirectory log = new LogDirectory().With("a.log", "1", "2", "3");
        string path = log.PathOf("a.log");
        using var file = new FollowedFile(path, fromEnd: true);
        File.Delete(path);
        Assert.Empty(Poll(file));
        log.With("a.log", "new");
        Assert.Equal(["new"], Poll(file));
        using (var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
        {
            stream.SetLength(0);
        }

        Assert.Empty(Poll(file));
        File.AppendAllText(path, "emptied\n");
        Assert.Equal(["emptied"], Poll(file));
        File.WriteAllText(path, "written over, and longer than before\n");
        Assert.Equal(["written over, and longer than before"], Poll(file));
    }

    [Fact]
    public void Lines_that_a_recovery_cuts_off_and_writes_again_are_shown_once()
    {
        using LogDirectory log = new LogDirectory().With("a.log", [.. Enumerable.Range(0, 100).Select(i => $"line {i}")]);
        string path = log.PathOf("a.log");
        using var file = new FollowedFile(path, fromEnd: false);
        Assert.Equal(100, Poll(file).Count);
        string[] last = File.ReadAllLines(path)[90..];
        using (var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
        {
            stream.SetLength(stream.Length - last.Sum(line => line.Length + 1));
        }

        Assert.Empty(Poll(file));
        File.AppendAllLines(path, [.. last, "line 100"]);
        Assert.Equal(["line 100"], Poll(file));
    }

    private static List<string> Poll(FollowedFile file)
    {
        var lines = new List<string>();
        file.Poll(line => lines.Add(Encoding.UTF8.GetString(line)));
        return lines;
    }

    private static void Rotate(LogDirectory log)
    {
        for (int number = 8; number >= 1; number--)
        {
            if (File.Exists(log.PathOf($"a.log.{number}")))
            {
                File.Move(log.PathOf($"a.log.{number}"), log.PathOf($"a.log.{number + 1}"));
            }
        }

        File.Move(log.PathOf("a.log"), log.PathOf("a.log.1"));
    }

    private static byte[] Gzip(string text)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return compressed.ToArray();
    }

    private static int Count(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(line => line.StartsWith('['));

    // Not SIGINT, which a shell lets what it starts in the background ignore.
    private static void Terminate(int process)
    {
        using Process kill = Process.Start("kill", ["-TERM", $"{process}"]);
        kill.WaitForExit();
    }
}
