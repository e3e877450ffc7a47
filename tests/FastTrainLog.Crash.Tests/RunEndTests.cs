using System.Diagnostics;
using System.Text.Json;
using FastTrainLog.Analysis;
using FastTrainLog.Tests.Shared;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Crash.Tests;

/// <summary>What a log says of a run that nobody ended: what became of it, why, and with which exception.</summary>
public sealed class RunEndTests : IDisposable
{
    private const int Interrupt = 2;
    private const int Quit = 3;
    private const int HangUp = 1;
    private const string WhereIgnored = "The tests run where this signal is ignored, as in a shell's background, and so does every process that they start.";

    private readonly string _directory = Directory.CreateTempSubdirectory("fasttrainlog-ends-").FullName;

    public void Dispose() => KilledLogs.Delete(_directory);

    [Theory]
    [InlineData("throw")]
    [InlineData("throw-async")]
    [InlineData("throw-without-using")]
    [InlineData("throw-on-thread")]
    [InlineData("throw-in-task")]
    [InlineData("throw-in-async-void")]
    [InlineData("throw-in-pool")]
    public void An_exception_that_nobody_handles_is_in_the_log_and_ends_the_run(string end)
    {
        Assert.NotEqual(0, Finish(end));
        string errors = File.ReadAllText(Path.Combine(_directory, "errors.log"));
        Assert.Contains(" - CRITICAL - process failed - OutOfMemory: out of memory in layer 3 - Context: unhandled: True, thread: ", errors, StringComparison.Ordinal);
        Assert.Contains("System.InvalidOperationException: out of memory in layer 3", errors, StringComparison.Ordinal);
        Assert.Contains("   at FastTrainLog.Crash.Child.RunEnds.", errors, StringComparison.Ordinal);
        Assert.Contains("Success rate: 80.0 %", errors, StringComparison.Ordinal);
        JsonElement critical = Assert.Single(Records(), record => record.GetProperty("level").GetString() == "CRITICAL");
        Assert.Equal("the-run", critical.GetProperty("run").GetString());
        Assert.Equal("System.InvalidOperationException", critical.GetProperty("exception").GetProperty("type").GetString());
        AssertEnd("failed", "InvalidOperationException: out of memory in layer 3");
    }

    [Theory]
    [InlineData("caught", "failed", "InvalidOperationException: out of memory in layer 3")]
    [InlineData("caught-cancelled", "cancelled", "TaskCanceledException: asked to stop")]
    [InlineData("throw-cancelled", "cancelled", "OperationCanceledException: asked to stop")]
    [InlineData("left", "failed", "left without End")]
    [InlineData("exit", "stopped", "the process ended with exit code 3")]
    [InlineData("return", "stopped", "the process ended with exit code 5")]
    [InlineData("closed", "stopped", "the log was closed while the run was in progress")]
    [InlineData("own-handler", "cancelled", "Ctrl+C", "INT")]
    public void A_run_that_is_left_says_why_and_what_became_of_it(string end, string outcome, string reason, string? signal = null)
    {
        Assert.SkipWhen(signal is not null && IgnoredSignals.Contains(Interrupt), WhereIgnored);
        Finish(end, signal);
        AssertEnd(outcome, reason);
        Assert.Equal(end is not "throw-cancelled", Records().All(record => record.GetProperty("level").GetString() != "CRITICAL"));
        Assert.Equal(outcome == "failed", File.ReadAllText(Path.Combine(_directory, "errors.log")).Contains("Success rate: 80.0 %", StringComparison.Ordinal));
    }

    [Fact]
    public void A_step_behind_the_end_of_the_log_is_told_on_standard_error()
    {
        using Process child = Child.StartRun("closed", _directory);
        string error = child.StandardError.ReadToEnd();
        Assert.True(child.WaitForExit(TimeSpan.FromMinutes(1)));
        Assert.StartsWith("FastTrainLog: LogStep came after the end of run the-run, and its log is closed", error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_exception_of_a_task_that_nobody_waits_for_is_in_the_log()
    {
        Assert.Equal(9, Finish("unobserved"));
        JsonElement error = Assert.Single(Records(), record => record.GetProperty("event_id").GetInt32() == TrainingEvents.ErrorWithContext);
        Assert.Equal("unobserved task", error.GetProperty("properties").GetProperty("Operation").GetString());
        Assert.Contains("out of memory in layer 3", error.GetProperty("exception").GetProperty("details").GetString(), StringComparison.Ordinal);
        AssertEnd("completed", null);
    }

    [Theory]
    [InlineData("late-handlers-of-exit", "stopped")]
    [InlineData("late-handlers-of-exception", "failed")]
    public void What_handlers_registered_later_log_is_written_too(string end, string outcome)
    {
        Finish(end);
        AssertEnd(outcome, reason: null, anyReason: true);
        if (end == "late-handlers-of-exception")
        {
            // The runtime aborts in the moment in which the last handler returns: what is not in the files by then is in the journal.
            LogFiles.Recover(_directory);
        }

        Assert.Single(Records(), record => record.GetProperty("message").GetString() == "said by a handler registered later");
    }

    [Theory]
    [InlineData("TERM", 15)]
    [InlineData("INT", Interrupt)]
    [InlineData("QUIT", Quit)]
    [InlineData("HUP", HangUp)]
    public void A_signal_writes_the_log_out_and_the_process_dies_of_it(string signal, int number)
    {
        Assert.SkipWhen(IgnoredSignals.Contains(number), WhereIgnored);
        Assert.Equal(128 + number, Finish("wait", signal));
        JsonElement[] records = Records();
        Assert.Equal("SignalReceived", records[^1].GetProperty("event").GetString());
        Assert.Equal($"SIG{signal}", records[^1].GetProperty("properties").GetProperty("Signal").GetString());
        AssertOutcome("stopped", $"SIG{signal}");
        LogFiles.Recover(_directory);
        AssertEnd("stopped", $"SIG{signal}");
    }

    [Theory]
    [InlineData("HUP")]
    [InlineData("INT")]
    [InlineData("QUIT")]
    public void A_signal_that_the_process_ignores_does_not_end_it(string signal)
    {
        using Process child = Child.StartRun("wait-and-go-on", _directory, ignoredSignal: signal);
        Assert.Equal("ready", child.StandardOutput.ReadLine());
        Kill(child, signal);
        // It lives, and takes the next signal, which it handles.
        Kill(child, "TERM");
        Assert.Equal("ready", child.StandardOutput.ReadLine());
        Kill(child, "TERM");
        Assert.True(child.WaitForExit(TimeSpan.FromMinutes(1)));
        Assert.Equal(128 + 15, child.ExitCode);
    }

    [Fact]
    public void A_run_that_goes_on_after_a_signal_and_is_killed_then_was_killed()
    {
        using Process child = Child.StartRun("wait-and-go-on", _directory);
        Assert.Equal("ready", child.StandardOutput.ReadLine());
        Kill(child, "TERM");
        Assert.Equal("ready", child.StandardOutput.ReadLine());
        child.Kill();
        Assert.True(child.WaitForExit(TimeSpan.FromMinutes(1)));
        LogFiles.Recover(_directory);
        AssertEnd("killed", $"process {child.Id} ended without closing its log", lastStep: 5);
    }

    [Theory]
    [InlineData("wait", "KILL")]
    [InlineData("fail-fast", null)]
    public void A_recovery_ends_the_run_of_a_killed_process(string end, string? signal)
    {
        Finish(end, signal);
        Assert.DoesNotContain(Records(), record => record.GetProperty("event_id").GetInt32() == TrainingEvents.RunFailed);
        LogFiles.Recover(_directory);
        AssertEnd("killed", reason: null, anyReason: true);
        LogFiles.Recover(_directory);
        AssertEnd("killed", reason: null, anyReason: true);
    }

    private static void Kill(Process process, string signal)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        kill.WaitForExit();
    }

    private int Finish(string end, string? signal = null)
    {
        using Process child = Child.StartRun(end, _directory);
        child.ErrorDataReceived += static (_, _) => { };
        child.BeginErrorReadLine();
        if (signal is not null)
        {
            Assert.Equal("ready", child.StandardOutput.ReadLine());
            Kill(child, signal);
        }

        Assert.True(child.WaitForExit(TimeSpan.FromMinutes(1)));
        return child.ExitCode;
    }

    private JsonElement[] Records() => [.. File.ReadLines(Path.Combine(_directory, "run.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)];

    private void AssertEnd(string outcome, string? reason, bool anyReason = false, long lastStep = 4)
    {
        int[] ends = [TrainingEvents.RunCompleted, TrainingEvents.RunFailed];
        JsonElement end = Assert.Single(Records(), record => Array.IndexOf(ends, record.GetProperty("event_id").GetInt32()) >= 0);
        JsonElement properties = end.GetProperty("properties");
        Assert.Equal(("the-run", outcome), (end.GetProperty("run").GetString(), properties.GetProperty("Outcome").GetString()));
        if (!anyReason)
        {
            Assert.Equal(reason, properties.GetProperty("Reason").GetString());
        }

        if (outcome != "completed")
        {
            Assert.Equal(lastStep, properties.GetProperty("LastStep").GetInt64());
        }

        AssertOutcome(outcome, properties.GetProperty("Reason").GetString());
    }

    private void AssertOutcome(string outcome, string? reason)
    {
        RunFigures run = LogAnalysis.Read(_directory, "the-run").Run;
        Assert.Equal((outcome, reason), (run.Outcome, run.Reason));
    }
}
