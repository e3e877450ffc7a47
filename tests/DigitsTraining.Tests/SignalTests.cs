using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using FastTrainLog.Tests.Shared;
using Xunit;

namespace DigitsTraining.Tests;

public sealed partial class SignalTests
{
    private const int InterruptNumber = 2;
    private const int TerminateNumber = 15;

    [Theory]
    [InlineData(InterruptNumber, 130, "cancelled by Ctrl+C")]
    [InlineData(TerminateNumber, 143, "terminated by SIGTERM")]
    public void A_signal_ends_the_run_with_a_logged_reason_and_every_step_up_to_there(int signal, int exitCode, string reason)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such signals to send to another process.");
        Assert.SkipWhen(IgnoredSignals.Contains(signal), "The tests run where this signal is ignored, as in a shell's background, and so does every process that they start.");
        using var sample = new SampleProcess("--epochs", "100000");
        sample.ReadUntil("epoch 2/100000  loss");
        Assert.Equal(0, Kill(sample.Id, signal));
        Assert.Equal(exitCode, sample.WaitForEnd());

        Assert.StartsWith($"run {reason}", sample.LastLine);
        string end = Assert.Single(File.ReadAllLines(sample.Log("training_progress.log")), line => line.Contains("Training cancelled"));
        Assert.Contains($"Reason: {reason}", end);
        Assert.EndsWith($"steps: cancelled ({reason})", File.ReadAllLines(sample.Log("main.log"))[^1]);

        JsonElement[] records = [.. File.ReadLines(sample.Log("run.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)];
        long[] steps = [.. records.Where(r => r.GetProperty("event").GetString() == "Step").Select(r => r.GetProperty("properties").GetProperty("Step").GetInt64())];
        Assert.True(steps.Length >= 40);
        Assert.Equal(Enumerable.Range(1, steps.Length).Select(i => (long)i), steps);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"Steps: {steps.Length},"), end);
    }

    /// <summary>Sends SIGTERM.</summary>
    internal static void Terminate(SampleProcess sample) => Assert.Equal(0, Kill(sample.Id, TerminateNumber));

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
