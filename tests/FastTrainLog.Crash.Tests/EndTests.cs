using System.Diagnostics;
using FastTrainLog.Backend;
using FastTrainLog.Sinks;
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
            o.AddSink(
                new RollingFileSink(Path.Combine(directory, "other", "other.log"), json: false, maxSize: 0, backups: 0),
                static (in LogRecord _) => throw new InvalidOperationException("a filter"),
                name: "other");
        }))
        {
            RecoveredJournal recovered = Assert.Single(logging.RecoveredJournals);
            Assert.Equal($"{recovered.Records} records could not be written by other; the first: a filter", Assert.Single(recovered.Problems));
        }

        Directory.Delete(Path.Combine(directory, "other"), recursive: true);
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
        Assert.NotEmpty(Directory.GetFiles(directory, "run.jsonl.1*"));
        Assert.NotEmpty(Directory.GetFiles(directory, "run.2.jsonl.1*"));
        string[] lines = [.. Directory.GetFiles(directory, "run*").SelectMany(LogFiles.ReadLines)];
        Assert.All(lines, line => System.Text.Json.JsonDocument.Parse(line).Dispose());
        foreach (int session in new[] { 0, 1 })
        {
            Assert.Equal(40_000, lines.Count(line => line.Contains($"\"properties\":{{\"Session\":{session},", StringComparison.Ordinal)));
        }

        Directory.Delete(directory, recursive: true);
    }
}
