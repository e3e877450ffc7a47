using System.Text.Json;
using FastTrainLog.Control;
using FastTrainLog.Tests.Pipeline;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Tests.Training;

public sealed class RunControlTests
{
    [Fact]
    public void A_pause_holds_the_loop_between_two_steps_and_a_resume_lets_it_go_on()
    {
        using var loop = new ControlledLoop();
        ControlledLoop.WaitFor(() => loop.Step > 3);

        Assert.True(loop.Send(ControlCommand.Pause).Accepted);
        loop.WaitForState("paused");
        long step = loop.Step;
        Assert.Equal(step, loop.Find().Status.Step);
        Thread.Sleep(50);
        Assert.Equal(step, loop.Step);
        JsonElement paused = Assert.Single(loop.Events(TrainingEvents.RunPaused));
        Assert.Equal(step, paused.GetProperty("properties").GetProperty("LastStep").GetInt64());
        Assert.Equal("system", paused.GetProperty("logger").GetString());

        Assert.True(loop.Send(ControlCommand.Resume).Accepted);
        ControlledLoop.WaitFor(() => loop.Step > step + 3);
        Assert.True(Assert.Single(loop.Events(TrainingEvents.PauseEnded)).GetProperty("properties").GetProperty("PausedSeconds").GetDouble() >= 0.05);
        Assert.Equal("running", loop.Find().Status.State);
    }

    [Fact]
    public void A_stop_ends_the_loop_and_the_outcome_is_stopped_with_who_did_it_whatever_the_program_says_then()
    {
        using var loop = new ControlledLoop();
        ControlledLoop.WaitFor(() => loop.Step > 0);
        Assert.True(loop.Send(ControlCommand.Stop).Accepted);
        loop.Join();
        Assert.Equal("stopped", loop.Find().Status.State);

        RunSummary summary = loop.Run.End(success: true);
        Assert.Equal(RunOutcome.Stopped, summary.Outcome);
        Assert.StartsWith($"stopped by {Environment.UserName} (uid ", summary.Reason);
        Assert.Contains($"process {Environment.ProcessId})", summary.Reason);
        Assert.Equal("stopped", Assert.Single(loop.Events(TrainingEvents.RunFailed)).GetProperty("properties").GetProperty("Outcome").GetString());
    }

    [Fact]
    public void A_loop_that_was_told_to_end_and_leaves_its_using_block_is_stopped_and_not_failed()
    {
        using var loop = new ControlledLoop();
        Assert.True(loop.Send(ControlCommand.Stop).Accepted);
        loop.Join();
        loop.Run.Dispose();
        Assert.Equal("stopped", Assert.Single(loop.Events(TrainingEvents.RunFailed)).GetProperty("properties").GetProperty("Outcome").GetString());
    }

    [Fact]
    public void A_stop_that_the_loop_does_not_get_to_see_leaves_the_outcome_to_the_program()
    {
        using var directory = new TemporaryDirectory();
        using TrainLogging logging = TrainLogging.Create(o => (o.LogDirectory, o.EnableConsoleLogging) = (directory.Path, false));
        using var run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "model", EnableControl = true });
        Assert.True(run.Control.Continue(TestContext.Current.CancellationToken));
        Assert.True(ControlledLoop.Send(Only(directory.Path), ControlCommand.Stop).Accepted);
        Assert.Equal(RunOutcome.Completed, run.End(success: true).Outcome);
    }

    [Fact]
    public void A_stop_ends_a_pause_and_cannot_be_taken_back()
    {
        using var loop = new ControlledLoop();
        loop.Send(ControlCommand.Pause);
        loop.WaitForState("paused");
        Assert.True(loop.Send(ControlCommand.Stop).Accepted);
        loop.Join();
        Assert.Single(loop.Events(TrainingEvents.PauseEnded));
        Assert.Contains("cannot be taken back", loop.Send(ControlCommand.Resume).Message);
        Assert.False(loop.Send(ControlCommand.Pause).Accepted);
    }

    [Fact]
    public void A_cancelled_token_ends_a_pause_and_the_loop()
    {
        using var source = new CancellationTokenSource();
        using var loop = new ControlledLoop(cancellationToken: source.Token);
        loop.Send(ControlCommand.Pause);
        loop.WaitForState("paused");
        source.Cancel();
        loop.Join();
        Assert.Equal(RunOutcome.Cancelled, loop.Run.End(RunOutcome.Cancelled).Outcome);
    }

    [Fact]
    public void The_end_of_the_log_ends_a_pause()
    {
        using var loop = new ControlledLoop();
        loop.Send(ControlCommand.Pause);
        loop.WaitForState("paused");
        loop.Run.End(success: true);
        loop.Join();
        Assert.Empty(Directory.GetFiles(loop.Directory, ControlListener.Prefix + "*"));
    }

    [Fact]
    public void A_checkpoint_is_saved_once_for_each_command_also_while_paused()
    {
        using var loop = new ControlledLoop();
        Assert.True(loop.Send(ControlCommand.Checkpoint).Accepted);
        ControlledLoop.WaitFor(() => loop.Checkpoints == 1);
        loop.Send(ControlCommand.Pause);
        loop.WaitForState("paused");
        Assert.True(loop.Send(ControlCommand.Checkpoint).Accepted);
        ControlledLoop.WaitFor(() => loop.Checkpoints == 2);
        loop.WaitForState("paused");
        Assert.Equal(2, loop.Checkpoints);
    }

    [Fact]
    public void A_checkpoint_is_refused_where_the_program_saves_none()
    {
        using var loop = new ControlledLoop(savesCheckpoints: false);
        ControlReply reply = loop.Send(ControlCommand.Checkpoint);
        Assert.False(reply.Accepted);
        Assert.Contains("OnCheckpoint", reply.Message);
        Assert.False(reply.Status!.SavesCheckpoints);
        Assert.Contains("OnCheckpoint", Assert.Single(loop.Events(TrainingEvents.ControlRefused)).GetProperty("properties").GetProperty("Reason").GetString());
    }

    [Fact]
    public void A_value_is_set_and_unset_and_its_record_has_who_before_and_after()
    {
        using var loop = new ControlledLoop();
        ControlledLoop.WaitFor(() => loop.Step > 0);
        ControlReply reply = loop.Send(ControlCommand.Set("learning_rate", 0.025) with { Source = "dashboard" });
        Assert.True(reply.Accepted, reply.Message);
        Assert.Equal(new ControlledValue("learning_rate", 0.1, 0.025), Assert.Single(reply.Status!.Values));
        ControlledLoop.WaitFor(() => loop.LearningRate == 0.025);

        JsonElement record = Assert.Single(loop.Events(TrainingEvents.ControlCommand));
        JsonElement properties = record.GetProperty("properties");
        Assert.Equal("system", record.GetProperty("logger").GetString());
        Assert.Equal("set", properties.GetProperty("Command").GetString());
        Assert.Equal("learning_rate", properties.GetProperty("Name").GetString());
        Assert.Equal(Environment.UserName, properties.GetProperty("User").GetString());
        Assert.Equal(Environment.ProcessId, properties.GetProperty("ProcessId").GetInt32());
        Assert.Equal("dashboard", properties.GetProperty("Source").GetString());
        Assert.Equal("0.1", properties.GetProperty("Before").GetString());
        Assert.Equal("0.025", properties.GetProperty("After").GetString());

        Assert.True(loop.Send(ControlCommand.Unset("learning_rate")).Accepted);
        ControlledLoop.WaitFor(() => loop.LearningRate == 0.1);
        Assert.Null(Assert.Single(loop.Find().Status.Values).Set);
    }

    [Fact]
    public void A_value_that_the_program_has_not_is_refused_with_the_names_that_it_has()
    {
        using var loop = new ControlledLoop();
        ControlledLoop.WaitFor(() => loop.Step > 0);
        ControlReply reply = loop.Send(ControlCommand.Set("lr", 1.0));
        Assert.False(reply.Accepted);
        Assert.Contains("'lr'", reply.Message);
        Assert.Contains("learning_rate", reply.Message);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_value_that_is_not_finite_cannot_be_sent(double value) =>
        Assert.Contains("finite", Assert.Throws<ArgumentException>(() => ControlCommand.Set("learning_rate", value)).Message);

    [Fact]
    public void A_note_is_in_the_log_and_what_is_long_or_empty_is_refused_before_it_is_sent()
    {
        using var loop = new ControlledLoop();
        Assert.True(loop.Send(ControlCommand.Note("too hot\e[31m\nnow")).Accepted);
        Assert.Equal("too hot\e[31m\nnow", Assert.Single(loop.Events(TrainingEvents.ControlCommand)).GetProperty("properties").GetProperty("Text").GetString());
        Assert.DoesNotContain(File.ReadAllText(Path.Combine(loop.Directory, "system.log")), '\e'.ToString());
        Assert.Throws<ArgumentException>(() => ControlCommand.Note(" "));
        Assert.Contains("2000", Assert.Throws<ArgumentException>(() => ControlCommand.Note(new string('x', 2001))).Message);
    }

    [Fact]
    public void Without_the_option_there_is_no_socket_and_the_calls_change_nothing()
    {
        using var directory = new TemporaryDirectory();
        using TrainLogging logging = TrainLogging.Create(o => (o.LogDirectory, o.EnableConsoleLogging) = (directory.Path, false));
        using var run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "model" });
        Assert.False(run.Control.IsEnabled);
        Assert.True(run.Control.Continue(TestContext.Current.CancellationToken));
        Assert.False(run.Control.Continue(new CancellationToken(canceled: true)));
        Assert.Equal(0.5, run.Control.Value("learning_rate", 0.5));
        Assert.Empty(Directory.GetFiles(directory.Path, ControlListener.Prefix + "*"));
        Assert.Empty(ControlledLoop.FindAll(directory.Path));
    }

    [Fact]
    public void More_names_than_a_run_can_have_are_refused_with_the_likely_mistake()
    {
        using var directory = new TemporaryDirectory();
        using TrainLogging logging = TrainLogging.Create(o => (o.LogDirectory, o.EnableConsoleLogging) = (directory.Path, false));
        using var run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "model", EnableControl = true });
        for (int i = 0; i < RunControl.MostValues; i++)
        {
            run.Control.Value($"value_{i}", i);
        }

        Assert.Contains("such as the step", Assert.Throws<ArgumentException>(() => run.Control.Value("one_more", 1)).Message);
        Assert.Equal(RunControl.MostValues, Only(directory.Path).Status.Values.Count);
    }

    [Fact]
    public void A_pause_is_in_no_step_time_and_repeats_its_record_while_it_lasts()
    {
        using var directory = new TemporaryDirectory();
        using TrainLogging logging = TrainLogging.Create(o => (o.LogDirectory, o.EnableConsoleLogging) = (directory.Path, false));
        long started = System.Diagnostics.Stopwatch.GetTimestamp();
        using var run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "model", TotalSteps = 100, BatchSize = 8, EnableControl = true });
        run.Control.Repeat = TimeSpan.FromMilliseconds(100);
        run.LogStep(1, 1, 1.0, 0.1);
        run.LogStep(1, 2, 1.0, 0.1);
        ControlledRun client = Only(directory.Path);
        Assert.True(ControlledLoop.Send(client, ControlCommand.Pause).Accepted);
        var thread = new Thread(() => run.Control.Continue(TestContext.Current.CancellationToken));
        thread.Start();
        Thread.Sleep(TimeSpan.FromSeconds(2));
        Assert.True(ControlledLoop.Send(client, ControlCommand.Resume).Accepted);
        thread.Join();
        run.LogStep(1, 3, 1.0, 0.1);
        run.LogEpoch(1);
        double whole = System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalSeconds;
        Assert.True(logging.Flush(TimeSpan.FromMinutes(1)));

        JsonElement[] lines = [.. File.ReadLines(directory["run.jsonl"]).Select(line => JsonDocument.Parse(line).RootElement)];
        JsonElement[] Properties(string name) => [.. lines.Where(line => line.GetProperty("event").GetString() == name).Select(line => line.GetProperty("properties"))];
        JsonElement[] paused = Properties("RunPaused");
        Assert.True(paused.Length > 1);
        Assert.Equal(JsonValueKind.Null, paused[0].GetProperty("PausedSeconds").ValueKind);
        Assert.True(paused[1].GetProperty("PausedSeconds").GetDouble() > 0);
        double pause = Assert.Single(Properties("PauseEnded")).GetProperty("PausedSeconds").GetDouble();
        // On a machine of any load: neither has more than what the pause left of the time.
        Assert.InRange(Properties("Step")[2].GetProperty("StepSeconds").GetDouble(), 0.0, whole - pause);
        Assert.InRange(Assert.Single(Properties("EpochEnded")).GetProperty("DurationSeconds").GetDouble(), 0.0, whole - pause);
    }

    private static ControlledRun Only(string directory) => Assert.Single(ControlledLoop.FindAll(directory));
}
