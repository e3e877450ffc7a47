using System.Text.Json;
using FastTrainLog.Control;
using Xunit;

namespace DigitsTraining.Tests;

/// <summary>The sample, steered from outside while it trains, and what its log has of that.</summary>
public sealed class ControlTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task The_sample_is_paused_given_another_learning_rate_told_to_save_a_checkpoint_and_stopped()
    {
        using var sample = new SampleProcess("--epochs", "100000");
        using var limit = new CancellationTokenSource(Longest);
        sample.ReadUntil("epoch 2/100000  loss");
        string directory = Path.Combine(sample.Directory, "logs");
        ControlledRun run = Assert.Single(await ControlledRun.FindAsync(directory, limit.Token));
        Assert.Equal(sample.Id, run.Status.ProcessId);
        Assert.Equal("learning_rate", Assert.Single(run.Status.Values).Name);

        await Send(run, ControlCommand.Pause, limit.Token);
        RunControlStatus paused = await StatusWhere(run, status => status.State == "paused", limit.Token);
        Assert.True((await Send(run, ControlCommand.Checkpoint, limit.Token)).Status!.SavesCheckpoints);
        // Saved by the time that it is paused again.
        while (!File.Exists(Path.Combine(directory, "checkpoints", "on-command.bin")))
        {
            await Task.Delay(10, limit.Token);
        }

        await Send(run, ControlCommand.Set("learning_rate", 0.000125), limit.Token);
        Assert.Equal(paused.Step, (await Send(run, ControlCommand.Status, limit.Token)).Status!.Step);
        await Send(run, ControlCommand.Resume, limit.Token);
        RunControlStatus resumed = await StatusWhere(run, status => status.Step > paused.Step + 5, limit.Token);
        await Send(run, ControlCommand.Note("enough"), limit.Token);
        await Send(run, ControlCommand.Stop, limit.Token);
        Assert.Equal(0, sample.WaitForEnd());
        Assert.StartsWith($"run stopped by {Environment.UserName} (uid ", sample.LastLine);
        Assert.Contains("Training paused after step", sample.Output);

        JsonElement[] records = [.. File.ReadLines(sample.Log("run.jsonl")).Select(line => JsonElement.Parse(line))];
        JsonElement[] Properties(string name) => [.. records.Where(record => record.GetProperty("event").GetString() == name).Select(record => record.GetProperty("properties"))];
        Assert.Equal(["pause", "checkpoint", "set", "resume", "note", "stop"], Properties("ControlCommand").Select(command => command.GetProperty("Command").GetString()));
        Assert.All(Properties("ControlCommand"), command => Assert.Equal(Environment.ProcessId, command.GetProperty("ProcessId").GetInt32()));
        Assert.Equal("0.000125", Properties("ControlCommand")[2].GetProperty("After").GetString());
        Assert.Contains(Properties("CheckpointSaved"), checkpoint => checkpoint.GetProperty("Path").GetString()!.EndsWith("on-command.bin", StringComparison.Ordinal));
        // Every step, in order, and from the one after the pause with the learning rate that was set.
        JsonElement[] steps = Properties("Step");
        Assert.Equal(Enumerable.Range(1, steps.Length), steps.Select(step => step.GetProperty("Step").GetInt32()));
        Assert.All(steps, step => Assert.Equal(step.GetProperty("Step").GetInt64() > paused.Step, step.GetProperty("LearningRate").GetDouble() == 0.000125));
        Assert.True(resumed.Step <= steps.Length);
        Assert.Equal("stopped", Assert.Single(Properties("RunFailed")).GetProperty("Outcome").GetString());
    }

    [Fact]
    public async Task A_signal_ends_the_sample_also_while_it_is_paused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such signals to send to another process.");
        using var sample = new SampleProcess("--epochs", "100000");
        using var limit = new CancellationTokenSource(Longest);
        sample.ReadUntil("epoch 2/100000  loss");
        ControlledRun run = Assert.Single(await ControlledRun.FindAsync(Path.Combine(sample.Directory, "logs"), limit.Token));
        await Send(run, ControlCommand.Pause, limit.Token);
        await StatusWhere(run, status => status.State == "paused", limit.Token);
        SignalTests.Terminate(sample);
        Assert.Equal(143, sample.WaitForEnd());
        Assert.StartsWith("run terminated by SIGTERM", sample.LastLine);
        Assert.Empty(Directory.GetFiles(Path.Combine(sample.Directory, "logs"), ".fasttrainlog.control.*"));
    }

    private static async Task<ControlReply> Send(ControlledRun run, ControlCommand command, CancellationToken cancellationToken)
    {
        ControlReply reply = await run.SendAsync(command, cancellationToken);
        Assert.True(reply.Accepted, reply.Message);
        return reply;
    }

    private static async Task<RunControlStatus> StatusWhere(ControlledRun run, Func<RunControlStatus, bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            RunControlStatus status = (await Send(run, ControlCommand.Status, cancellationToken)).Status!;
            if (condition(status))
            {
                return status;
            }

            await Task.Delay(10, cancellationToken);
        }
    }
}
