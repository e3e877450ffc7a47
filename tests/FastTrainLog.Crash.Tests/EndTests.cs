using System.Diagnostics;
using FastTrainLog.Platform;
using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Crash.Tests;

public sealed class EndTests
{
    private const int Records = 5000;
    private const int Interrupt = 2;

    [Theory]
    [InlineData("return")]
    [InlineData("exit")]
    [InlineData("fail-fast")]
    [InlineData("unhandled")]
    [InlineData("unhandled-on-thread")]
    [InlineData("native-abort")]
    [InlineData("stack-overflow")]
    public void A_process_that_ends_without_disposing_its_log_loses_nothing(string end)
    {
        string directory = Directory.CreateTempSubdirectory("fasttrainlog-crash-").FullName;
        using Child child = Child.Start(end, directory, 0, threads: 3, Records);
        Assert.True(child.Process.WaitForExit(TimeSpan.FromMinutes(1)));
        Assert.Equal([Records, Records, Records], child.Returned()[..3]);
        // An orderly end writes the log itself; after the others the next start does.
        IReadOnlyList<RecoveredJournal> recovered = LogFiles.Recover(directory);
        if (end is "return" or "exit")
        {
            Assert.Empty(recovered);
        }

        LogFiles.AssertComplete(directory, [(0, child.Returned())]);
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public void A_start_without_a_journal_of_its_own_recovers_what_a_killed_process_left()
    {
        string directory = Directory.CreateTempSubdirectory("fasttrainlog-crash-").FullName;
        using Child child = Child.Start("fail-fast", directory, 0, threads: 3, Records, flushInterval: TimeSpan.FromMinutes(1));
        Assert.True(child.Process.WaitForExit(TimeSpan.FromMinutes(1)));
        using (TrainLogging logging = TrainLogging.Create(o => (o.LogDirectory, o.EnableConsoleLogging, o.BackupCount, o.EnableJournal) = (directory, false, 10_000, false)))
        {
            Assert.InRange(Assert.Single(logging.RecoveredJournals).Records, 1, long.MaxValue);
        }

        LogFiles.AssertComplete(directory, [(0, child.Returned())]);
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public void A_recovered_record_that_a_file_refuses_is_a_problem_of_that_file_alone()
    {
        string directory = Directory.CreateTempSubdirectory("fasttrainlog-crash-").FullName;
        using Child child = Child.Start("fail-fast", directory, 0, threads: 1, Records, flushInterval: TimeSpan.FromMinutes(1));
        Assert.True(child.Process.WaitForExit(TimeSpan.FromMinutes(1)));
        using (TrainLogging logging = TrainLogging.Create(o =>
        {
            (o.LogDirectory, o.EnableConsoleLogging, o.BackupCount) = (directory, false, 10_000);
            o.FileFilters["system.json"] = static (in LogRecord _) => throw new InvalidOperationException("a filter");
        }))
        {
            RecoveredJournal recovered = Assert.Single(logging.RecoveredJournals);
            Assert.Equal($"{recovered.Records} records could not be written by system.json; the first: a filter", Assert.Single(recovered.Problems));
        }

        LogFiles.AssertComplete(directory, [(0, child.Returned())]);
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public void A_process_that_the_out_of_memory_killer_ends_loses_nothing()
    {
        using MemoryLimit? limit = MemoryLimit.TryCreate(256 * 1024 * 1024);
        Assert.SkipWhen(limit is null, "this user may make no control group with a limit of memory here");
        string directory = Directory.CreateTempSubdirectory("fasttrainlog-crash-").FullName;
        using (Child child = Child.Start("out-of-memory", directory, 0, threads: 3, Records, limit))
        {
            Assert.True(child.Process.WaitForExit(TimeSpan.FromMinutes(2)));
            // 128 and the number of SIGKILL.
            Assert.Equal(137, child.Process.ExitCode);
            Assert.Equal([Records, Records, Records], child.Returned()[..3]);
            LogFiles.Recover(directory);
            LogFiles.AssertComplete(directory, [(0, child.Returned())]);
        }

        Directory.Delete(directory, recursive: true);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public void A_process_that_a_signal_ends_loses_nothing(string signal)
    {
        Assert.SkipWhen(
            signal == "INT" && IgnoredSignals.Contains(Interrupt), "The tests run where this signal is ignored, as in a shell's background, and so does every process that they start.");
        string directory = Directory.CreateTempSubdirectory("fasttrainlog-crash-").FullName;
        using Child child = Child.Start("wait", directory, 0, threads: 3, Records);
        Assert.Equal("ready", child.Process.StandardOutput.ReadLine());
        using (Process kill = Process.Start("kill", [$"-{signal}", $"{child.Process.Id}"]))
        {
            kill.WaitForExit();
        }

        Assert.True(child.Process.WaitForExit(TimeSpan.FromMinutes(1)));
        LogFiles.Recover(directory);
        LogFiles.AssertComplete(directory, [(0, child.Returned())]);
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public void What_sampling_left_out_is_told_by_a_process_that_ends_without_disposing_its_log()
    {
        string directory = Directory.CreateTempSubdirectory("fasttrainlog-crash-").FullName;
        using Child child = Child.Start("sampled", directory, 0, threads: 0, 0);
        Assert.Equal(
            ["limited 1", "limited 2", "13 calls of Limited were suppressed after its last record"],
            child.Process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        Assert.True(child.Process.WaitForExit(TimeSpan.FromMinutes(1)));
        string[] lines = File.ReadAllLines(Path.Combine(directory, "training_progress.log"));
        Assert.Equal(3, lines.Length);
        Assert.EndsWith("INFO - 4 calls of Sampled were suppressed after its last record", lines[2], StringComparison.Ordinal);
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public void Two_processes_in_one_directory_neither_tear_nor_lose_a_line_over_rotations_and_compressions()
    {
        string directory = Directory.CreateTempSubdirectory("fasttrainlog-crash-").FullName;
        using Child first = Child.Start("return", directory, 0, threads: 2, 20_000, compresses: true);
        using Child second = Child.Start("return", directory, 1, threads: 2, 20_000, compresses: true);
        Assert.True(first.Process.WaitForExit(TimeSpan.FromMinutes(1)));
        Assert.True(second.Process.WaitForExit(TimeSpan.FromMinutes(1)));
        Assert.NotEmpty(Directory.GetFiles(directory, "run.jsonl.*"));
        Assert.NotEmpty(Directory.GetFiles(directory, "run.2.jsonl.1*"));
        string[] lines = [.. Directory.GetFiles(directory, "run*").SelectMany(LogFiles.ReadLines)];
        Assert.All(lines, line => System.Text.Json.JsonDocument.Parse(line).Dispose());
        foreach (int session in new[] { 0, 1 })
        {
            Assert.Equal(40_000, lines.Count(line => line.Contains($"\"properties\":{{\"Session\":{session},", StringComparison.Ordinal)));
        }

        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public void A_process_whose_files_may_not_grow_beyond_a_limit_lives_and_says_why_records_are_missing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the limit is set as Linux has it");
        string directory = Directory.CreateTempSubdirectory("fasttrainlog-crash-").FullName;
        using Process child = Start("file-limit", directory, shell: null, timeout: "00:00:05");
        string errors = child.StandardError.ReadToEnd();
        Assert.True(child.WaitForExit(TimeSpan.FromMinutes(1)));
        Assert.Equal(0, child.ExitCode);
        Assert.Contains("would exceed the limit of a file's size (ulimit -f", errors, StringComparison.Ordinal);
        Assert.All(Directory.GetFiles(directory, "*.log"), file => Assert.InRange(new FileInfo(file).Length, 0, 100_000));
        Assert.Contains("There is no journal", File.ReadAllText(Path.Combine(directory, "system.log")), StringComparison.Ordinal);
        Directory.Delete(directory, recursive: true);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("exec \"$@\" 2>&1")]
    public void A_console_that_blocks_holds_up_neither_the_end_of_the_log_nor_that_of_the_process(string? shell)
    {
        string directory = Directory.CreateTempSubdirectory("fasttrainlog-crash-").FullName;
        // Its output is a pipe that nobody reads, as that of a paused pager.
        using Process child = Start("return", directory, shell, timeout: "00:00:08");
        Assert.True(child.WaitForExit(TimeSpan.FromMinutes(1)));
        Assert.Equal(0, child.ExitCode);
        Assert.Equal(Records, Directory.GetFiles(directory, "training_progress.log*").SelectMany(File.ReadLines).Count(line => line.Contains(" - INFO - ", StringComparison.Ordinal)));
        if (shell is null)
        {
            // Told, though the framework lets standard error wait for standard output.
            Assert.Contains("sink console hangs and was abandoned", child.StandardError.ReadToEnd(), StringComparison.Ordinal);
        }

        Directory.Delete(directory, recursive: true);
    }

    private static Process Start(string end, string directory, string? shell, string timeout)
    {
        string[] command = ["dotnet", Path.Combine(AppContext.BaseDirectory, "FastTrainLog.Crash.Child.dll"), end, directory, Path.Combine(directory, ".progress.0"), "0", "1", $"{Records}"];
        if (shell is not null)
        {
            command = ["/bin/sh", "-c", shell, "sh", .. command];
        }

        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        start.Environment["FASTTRAINLOG_ENABLE_CONSOLE_LOGGING"] = "true";
        start.Environment["FASTTRAINLOG_SHUTDOWN_TIMEOUT"] = timeout;
        return Process.Start(start)!;
    }
}
