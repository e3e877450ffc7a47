using System.Diagnostics;
using System.Text.Json;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Tool.Tests;

/// <summary><c>fasttrainlog control</c> against runs of this process.</summary>
public sealed class ControlTests
{
    [Fact]
    public void Commands_reach_the_run_and_say_what_they_changed()
    {
        using var log = new LogDirectory();
        using TrainLogging logging = Create(log);
        using var run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "model", RunId = "steered", TotalSteps = 10, EnableControl = true });
        run.Control.Value("learning_rate", 0.1);
        run.LogStep(1, 3, 1.0, 0.1);

        Assert.Equal((0, "steered: running, step 3 of 10, process " + Environment.ProcessId + ", checkpoints on command: no\n  learning_rate = 0.1\n", ""), ToolRun.Of("control", log.Path, "status"));
        Assert.Equal((0, "steered: learning_rate: 0.1 before, 0.025 now\n", ""), ToolRun.Of("control", log.Path, "set", "learning_rate", "2.5e-2"));
        Assert.Equal(0.025, run.Control.Value("learning_rate", 0.1));
        Assert.Contains("learning_rate = 0.025 by command, 0.1 by the program", ToolRun.Of("control", log.Path, "status").Output);
        Assert.Equal(0, ToolRun.Of("control", log.Path, "set", "learning_rate", "-1").Code);
        Assert.Equal((0, "steered: learning_rate: -1 before, 0.1 now\n", ""), ToolRun.Of("control", log.Path, "unset", "learning_rate"));
        Assert.Equal((0, "steered: the note is in the log\n", ""), ToolRun.Of("control", log.Path, "note", "two", "words"));
        Assert.Equal((0, "steered: the run: running before, pausing now\n", ""), ToolRun.Of("control", log.Path, "pause"));
        Assert.Equal((0, "steered: the run: pausing before, running now\n", ""), ToolRun.Of("control", log.Path, "resume"));
        Assert.Equal((0, "steered: it is running already\n", ""), ToolRun.Of("control", log.Path, "resume"));
        Assert.Equal((0, "steered: the run: running before, stopping now\n", ""), ToolRun.Of("control", log.Path, "stop"));
        Assert.False(run.Control.Continue(TestContext.Current.CancellationToken));

        Assert.True(logging.Flush(TimeSpan.FromMinutes(1)));
        JsonElement note = File.ReadLines(log.PathOf("run.jsonl")).Select(line => JsonElement.Parse(line).GetProperty("properties")).Last(p => p.TryGetProperty("Command", out JsonElement command) && command.GetString() == "note");
        Assert.Equal("two words", note.GetProperty("Text").GetString());
        Assert.Equal("fasttrainlog control", note.GetProperty("Source").GetString());
    }

    [Fact]
    public void A_refusal_is_shown_and_returns_1()
    {
        using var log = new LogDirectory();
        using TrainLogging logging = Create(log);
        using var run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "model", RunId = "steered", EnableControl = true });
        (int code, string output, string error) = ToolRun.Of("control", log.Path, "checkpoint");
        Assert.Equal(1, code);
        Assert.Empty(output);
        Assert.StartsWith("steered: refused: ", error);
    }

    [Fact]
    public void Several_runs_and_ranks_are_chosen_among()
    {
        using var log = new LogDirectory();
        using TrainLogging logging = Create(log);
        var options = new TrainingRunOptions { Model = "model", RunId = "alpha", WorldSize = 2, EnableControl = true };
        using var first = TrainingRun.Start(logging, options);
        using var second = TrainingRun.Start(logging, options with { Rank = 1 });
        using var other = TrainingRun.Start(logging, options with { RunId = "beta", WorldSize = 1 });

        (int code, _, string error) = ToolRun.Of("control", log.Path, "pause");
        Assert.Equal(1, code);
        Assert.Contains("alpha, beta", error);
        Assert.Equal("alpha/0: the run: running before, pausing now\nalpha/1: the run: running before, pausing now\n", ToolRun.Of("control", log.Path, "pause", "--run", "AL").Output);
        Assert.Equal("alpha/1: the run: pausing before, running now\n", ToolRun.Of("control", log.Path, "resume", "--run", "alpha", "--rank", "1").Output);
        Assert.Contains("no rank 7", ToolRun.Of("control", log.Path, "resume", "--run", "alpha", "--rank", "7").Error);
        Assert.Contains("these do: alpha, beta", ToolRun.Of("control", log.Path, "resume", "--run", "gamma").Error);
    }

    [Theory]
    [InlineData("set learning_rate", "set NAME VALUE")]
    [InlineData("set learning_rate fast", "'fast'")]
    [InlineData("set learning_rate NaN", "finite")]
    [InlineData("unset", "unset NAME")]
    [InlineData("note", "note TEXT")]
    [InlineData("pause now", "'now'")]
    [InlineData("explode", "explode")]
    public void A_wrong_command_line_is_explained_and_returns_2(string words, string expected)
    {
        using var log = new LogDirectory();
        (int code, _, string error) = ToolRun.Of(["control", log.Path, .. words.Split(' ')]);
        Assert.Equal(2, code);
        Assert.Contains(expected, error);
    }

    [Fact]
    public void A_directory_without_a_run_that_takes_commands_is_named_with_what_it_needs()
    {
        using var log = new LogDirectory();
        using TrainLogging logging = Create(log);
        using var run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "model" });
        (int code, _, string error) = ToolRun.Of("control", log.Path, "pause");
        Assert.Equal(1, code);
        Assert.Contains(log.Path, error);
        Assert.Contains("EnableControl", error);
        Assert.Contains("There is no directory", ToolRun.Of("control", log.PathOf("nowhere"), "pause").Error);
    }

    [Fact]
    public void Another_user_is_refused_even_where_the_modes_of_the_files_let_it_in()
    {
        if (!OtherUser.Exists)
        {
            Assert.Skip(OtherUser.Lacking);
            return;
        }

        using var log = new LogDirectory();
        using TrainLogging logging = Create(log);
        using var run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "model", RunId = "steered", EnableControl = true });
        File.SetUnixFileMode(log.Path, (UnixFileMode)0x1FF);
        File.SetUnixFileMode(Directory.GetFiles(log.Path, ".fasttrainlog.control.*").Single(), (UnixFileMode)0x1B6);
        (int code, _, string error) = OtherUser.Run([], "control", log.Path, "stop");
        Assert.Equal(1, code);
        Assert.Contains("takes commands from you", error);
        Assert.True(run.Control.Continue(TestContext.Current.CancellationToken));
        Assert.Equal(0, ToolRun.Of("control", log.Path, "stop").Code);
    }

    private static TrainLogging Create(LogDirectory log) => TrainLogging.Create(o => (o.LogDirectory, o.EnableConsoleLogging, o.ResourceInterval) = (log.Path, false, TimeSpan.Zero));
}
