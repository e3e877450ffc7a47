using System.Text.RegularExpressions;
using FastTrainLog.Gradients;
using FastTrainLog.Tests.Training;
using FastTrainLog.Training;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Tests.Monitoring;

public sealed partial class ProgressConsoleSinkTests
{
    private static readonly TrainingRunOptions Options = RunLog.Options with { RunId = "r1" };

    [Theory]
    [InlineData(40, @"^━╸?─+ 20% 30/150 loss 0\.5000 ETA \d+:\d\d$")]
    [InlineData(60, @"^━+╸?─+ 20% 30/150 (\S+(it/s|s/it) )?loss 0\.5000 val 0\.7000 ETA \d+:\d\d$")]
    [InlineData(80, @"^ep 2/5 ━+╸?─+ 20% 30/150 \S+(it/s|s/it) loss 0\.5000 val 0\.7000 ETA \d+:\d\d$")]
    [InlineData(120, @"^epoch 2/5  ━{4,}╸?─+  20%  step 30/150  \S+ (steps/s|s/step)  loss 0\.5000  val 0\.7000 best  ETA \d+:\d\d$")]
    public void The_live_line_has_in_every_width_what_fits_and_never_wraps(int columns, string line)
    {
        using var log = new ConsoleLog(new EmulatedTerminal(columns));
        TrainingRun run = TrainingRun.Start(log.Logging, Options);
        for (int step = 1; step <= 30; step++)
        {
            run.LogStep(1 + (step / 30), step, 0.5, 0.001);
            string[] shown = log.Shown();
            Assert.Equal(step, StepOf(shown[^1]));
            Assert.Single(shown, IsLiveLine);
            Assert.True(shown[^1].Length < columns, shown[^1]);
            if (step == 29)
            {
                run.LogEpoch(1);
                run.LogValidation(1, 29, 0.7);
            }
        }

        Assert.Matches(line, log.Shown()[^1]);
    }

    [Fact]
    public void The_cursor_rests_at_the_beginning_of_the_empty_row_above_the_live_line_and_in_the_end_below_everything()
    {
        using var log = new ConsoleLog(new EmulatedTerminal());
        TrainingRun run = TrainingRun.Start(log.Logging, Options);
        run.LogStep(1, 1, 0.5, 0.001);
        string[] shown = log.Shown();
        Assert.Equal((shown.Length - 2, 0, string.Empty), (log.Terminal.Screen.CursorLine, log.Terminal.Screen.Cursor.Column, shown[^2]));
        run.End(success: true);
        shown = log.Shown();
        Assert.DoesNotContain(shown, IsLiveLine);
        Assert.True(log.Terminal.Screen.CursorLine >= shown.Length);
        Assert.Equal(0, log.Terminal.Screen.Cursor.Column);
    }

    [Theory]
    [InlineData(40, "epoch      loss validation         time", "  1/5    0.5000     0.7000 best")]
    [InlineData(80, "epoch      loss validation       grad norm    time", "  1/5    0.5000     0.7000 best     1.5000")]
    public void The_table_has_an_aligned_row_for_each_epoch_with_the_best_marked(int columns, string header, string first)
    {
        using var log = new ConsoleLog(new EmulatedTerminal(columns));
        TrainingRun run = TrainingRun.Start(log.Logging, Options);
        double[] validations = [0.7, 0.9, 0.6];
        for (int epoch = 1; epoch <= 3; epoch++)
        {
            run.LogStep(epoch, epoch, 0.5, 0.001, Gradients(1.5));
            // In either order.
            if (epoch == 2)
            {
                run.LogValidation(epoch, epoch, validations[epoch - 1]);
                run.LogEpoch(epoch);
            }
            else
            {
                run.LogEpoch(epoch);
                run.LogValidation(epoch, epoch, validations[epoch - 1]);
            }
        }

        run.LogStep(4, 4, 0.5, 0.001);
        string[] shown = log.Shown();
        int head = Array.IndexOf(shown, header);
        Assert.True(head >= 0, string.Join('\n', shown));
        Assert.StartsWith(first, shown[head + 1], StringComparison.Ordinal);
        Assert.Equal([true, false, true], shown[(head + 1)..(head + 4)].Select(row => row.Contains(" best", StringComparison.Ordinal)));
        Assert.Single(shown[(head + 1)..(head + 4)].Select(row => row.Length).Distinct());
        Assert.Equal(header.Length, shown[head + 1].Length);
        Assert.True(IsLiveLine(shown[head + 5]));
    }

    [Fact]
    public void The_metric_that_decides_has_the_column_with_the_mark()
    {
        using var log = new ConsoleLog(new EmulatedTerminal());
        TrainingRun run = TrainingRun.Start(log.Logging, Options with { BestMetric = "accuracy", HigherIsBetter = true });
        run.LogStep(1, 1, 0.5, 0.001);
        run.LogEpoch(1);
        run.LogValidation(1, 1, 0.7, [("accuracy", 0.95), ("other", 1)]);
        run.LogStep(2, 2, 0.5, 0.001);
        string[] shown = log.Shown();
        Assert.Contains("epoch      loss validation   accuracy         time", shown);
        Assert.Contains(shown, line => line.StartsWith("  1/5    0.5000     0.7000     0.9500 best", StringComparison.Ordinal));
        Assert.Contains("accuracy 0.9500", shown[^1]);
        run.End(success: true);
        Assert.Contains("        best: 0.9500 accuracy at epoch 1, step 1", log.Shown());
    }

    [Fact]
    public void Validations_of_a_run_without_epochs_have_rows_by_their_steps()
    {
        using var log = new ConsoleLog(new EmulatedTerminal());
        TrainingRun run = TrainingRun.Start(log.Logging, Options with { Epochs = null, TotalSteps = null });
        for (int step = 1; step <= 4; step++)
        {
            run.LogStep(1, step, 0.5, 0.001);
            if (step % 2 == 0)
            {
                run.LogValidation(1, step, 1.0 / step);
            }
        }

        string[] shown = log.Shown();
        Assert.Contains("step 2    0.5000     0.5000 best", shown);
        Assert.Matches(@"^epoch 1  step 4  \S+ (steps/s|s/step)  loss 0\.5000  val 0\.2500 best  \d+:\d\d$", shown[^1]);
        Assert.DoesNotContain('%', shown[^1]);
        run.End(success: true);
        Assert.Contains("step 4    0.5000     0.2500 best", log.Shown());
    }

    [Fact]
    public void Warnings_are_short_lines_above_the_live_line_that_say_where_the_rest_is()
    {
        using var log = new ConsoleLog(new EmulatedTerminal(60));
        TrainingRun run = TrainingRun.Start(log.Logging, Options);
        run.LogStep(1, 1, 0.5, 0.001);
        run.LogNumericalIssue(Issue(1));
        run.LogError(new InvalidDataException("The file is shorter than it must be, by 5 bytes"), "read_batch", []);
        string[] shown = log.Shown();
        Assert.Contains("warning: NaN at step 1 in encoder.layers.11.a… → errors.log", shown);
        Assert.Contains("error: read_batch failed: The file is shorter… → errors.log", shown);
        Assert.True(IsLiveLine(shown[^1]));
        run.End(success: true);
        log.Logging.Dispose();
        string errors = File.ReadAllText(log.File("errors.log"));
        Assert.Contains("encoder.layers.11.attention.output.dense.weight", errors, StringComparison.Ordinal);
        Assert.Contains("by 5 bytes", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_issue_at_every_step_does_not_make_a_line_at_every_step_and_none_is_forgotten(bool isLive)
    {
        using var log = new ConsoleLog(new EmulatedTerminal(120, isLive: isLive));
        TrainingRun run = TrainingRun.Start(log.Logging, Options);
        for (int step = 1; step <= 100; step++)
        {
            run.LogStep(1, step, 0.5, 0.001);
            run.LogNumericalIssue(Issue(step));
        }

        run.End(success: true);
        log.Shown();
        string all = isLive ? log.Terminal.Screen.Text : log.Terminal.Written;
        long shown = Regex.Count(all, "NaN at step|in encoder");
        long left = Regex.Matches(all, @"\(\+(\d+)\)|and (\d+) more").Sum(match => long.Parse(match.Groups[1].Value + match.Groups[2].Value));
        shown = isLive ? Regex.Count(all, "warning: NaN") : Regex.Count(all, "STABILITY - WARNING");
        Assert.InRange(shown, 3, 50);
        Assert.Equal(100, shown + left);
        Assert.Contains("100 numerical issues", all, StringComparison.Ordinal);
        Assert.Equal(100, File.ReadLines(log.File("numerical_stability.log")).Count(line => line.Contains("NaN", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_panel_tells_the_outcome_the_best_the_duration_the_issues_the_files_and_what_to_do_next()
    {
        using var log = new ConsoleLog(new EmulatedTerminal());
        TrainingRun run = TrainingRun.Start(log.Logging, Options);
        run.LogStep(1, 1, 0.5, 0.001);
        run.LogStep(1, 2, 0.25, 0.001);
        run.LogEpoch(1);
        run.LogValidation(1, 2, 0.7);
        run.LogNumericalIssue(Issue(2));
        run.End(success: true, metrics: [("test_accuracy", 0.9)]);
        string[] shown = log.Shown();
        int at = Array.IndexOf(shown, "completed");
        string[] panel = shown[(at + 1)..];
        Assert.Equal(
            ["         run: r1 of DemoModel", "        best: 0.7000 validation loss at epoch 1, step 2", "  final loss: 0.2500", "test_accuracy: 0.9000"], panel[..4]);
        Assert.Matches(@"^    duration: \d+\.\d+s, 2 steps$", panel[4]);
        Assert.Matches(@"^  throughput: \S+ steps/s, \S+ samples/s$", panel[5]);
        Assert.Equal(["      issues: 1 numerical issue in errors.log", "       files: logs", "        next: fasttrainlog analyze logs"], panel[6..]);
    }

    [Fact]
    public void A_run_that_fails_says_why()
    {
        using var log = new ConsoleLog(new EmulatedTerminal { HasColors = true });
        TrainingRun run = TrainingRun.Start(log.Logging, Options);
        run.LogStep(1, 1, 0.5, 0.001);
        run.End(success: false, reason: "the loss diverged");
        string[] shown = log.Shown();
        int at = Array.IndexOf(shown, "failed: the loss diverged");
        Assert.True(at > 0, string.Join('\n', shown));
        Assert.Equal([("31", "failed")], log.Terminal.Screen.Colored(at));
    }

    [Fact]
    public void Colours_mark_what_means_something_and_never_a_whole_line()
    {
        using var log = new ConsoleLog(new EmulatedTerminal { HasColors = true });
        TrainingRun run = TrainingRun.Start(log.Logging, Options);
        run.LogStep(1, 1, 0.5, 0.001);
        run.LogEpoch(1);
        run.LogValidation(1, 1, 0.7);
        run.LogStep(2, 75, double.NaN, 0.001);
        string[] shown = log.Shown();
        int row = Array.FindIndex(shown, line => line.StartsWith("  1/5", StringComparison.Ordinal));
        Assert.Contains(("32", "0.7000 best"), log.Terminal.Screen.Colored(row));
        (string Color, string Text)[] live = log.Terminal.Screen.Colored(shown.Length - 1);
        Assert.Contains(live, part => part.Color == "36" && part.Text.All(c => c is '━' or '╸'));
        Assert.Contains(live, part => part.Color == "31" && part.Text.Contains("NaN", StringComparison.Ordinal));
        int warning = Array.FindIndex(shown, line => line.StartsWith("error: ", StringComparison.Ordinal) || line.StartsWith("warning: ", StringComparison.Ordinal));
        Assert.Contains(log.Terminal.Screen.Colored(warning), part => part.Text is "error:" or "warning:");
        Assert.DoesNotContain(log.Terminal.Screen.Colored(warning), part => part.Color is "31" or "33" && part.Text is not ("error:" or "warning:"));
    }

    [Fact]
    public void Without_colours_nothing_is_coloured()
    {
        using var log = new ConsoleLog(new EmulatedTerminal());
        TrainAll(log);
        Assert.DoesNotMatch(@"\e\[[0-9;]*m", log.Terminal.Written);
    }

    [Fact]
    public void Without_the_characters_for_it_the_bar_is_of_ASCII()
    {
        using var log = new ConsoleLog(new EmulatedTerminal { HasUnicode = false });
        TrainingRun run = TrainingRun.Start(log.Logging, Options);
        run.LogStep(1, 75, 0.5, 0.001);
        run.LogNumericalIssue(Issue(75) with { Location = "fc1" });
        string[] shown = log.Shown();
        Assert.Contains("#", shown[^1], StringComparison.Ordinal);
        Assert.All(shown, line => Assert.All(line, c => Assert.True(char.IsAscii(c), line)));
    }

    [Fact]
    public void Redirected_there_is_a_line_for_an_epoch_and_none_for_a_step_and_no_control_character()
    {
        using var log = new ConsoleLog(new EmulatedTerminal(isLive: false));
        TrainAll(log);
        string[] lines = log.Terminal.Written.Split(Environment.NewLine);
        Assert.All(Enumerable.Range(1, 5), epoch => Assert.Single(lines, line => line.Contains($"] epoch {epoch}/5  loss 0.5000  validation", StringComparison.Ordinal)));
        Assert.DoesNotContain(log.Terminal.Written, c => c is '\e' || (c is '\r' && !OperatingSystem.IsWindows()));
        Assert.Contains("completed", lines);
        Assert.Contains("        next: fasttrainlog analyze logs", lines);
        // A step needs five seconds since the last line to be worth one.
        Assert.InRange(lines.Count(line => line.Contains("step", StringComparison.Ordinal)), 1, 60);
        Assert.DoesNotContain(lines, line => line.Contains("step 1/150", StringComparison.Ordinal));
    }

    [Fact]
    public void Several_runs_at_once_have_a_live_line_each_that_names_it()
    {
        using var log = new ConsoleLog(new EmulatedTerminal(120));
        TrainingRun[] runs = [.. Enumerable.Range(1, 6).Select(i => TrainingRun.Start(log.Logging, Options with { RunId = $"r{i}", Name = $"trial {i}" }))];
        foreach (TrainingRun run in runs)
        {
            run.LogStep(1, 10, 0.5, 0.001);
        }

        string[] shown = log.Shown();
        Assert.Equal(["trial 1", "trial 2", "trial 3", "trial 4"], shown[^5..^1].Select(line => line[..7]));
        Assert.Equal("and 2 more runs", shown[^1]);
        Array.ForEach(runs[..5], run => run.End(success: true));
        shown = log.Shown();
        Assert.Single(shown, IsLiveLine);
        Assert.DoesNotContain("trial", shown[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Several_logs_of_a_process_share_the_terminal()
    {
        using var log = new ConsoleLog(new EmulatedTerminal(120));
        using var other = new ConsoleLog(log);
        TrainingRun run = TrainingRun.Start(log.Logging, Options);
        TrainingRun otherRun = TrainingRun.Start(other.Logging, Options with { RunId = "r2" });
        for (int step = 1; step <= 10; step++)
        {
            run.LogStep(1, step, 0.5, 0.001);
            otherRun.LogStep(1, 100 + step, 0.25, 0.001);
            other.Shown();
        }

        string[] shown = log.Shown();
        Assert.Equal([10L, 110L], shown[^2..].Select(StepOf).Order());
        Assert.Equal(2, shown.Count(IsLiveLine));
        otherRun.End(success: true);
        other.Shown();
        Assert.Equal(10, StepOf(Assert.Single(log.Shown(), IsLiveLine)));
    }

    [Fact]
    public void A_process_of_another_rank_shows_no_progress_and_says_its_rank_where_it_warns()
    {
        using var log = new ConsoleLog(new EmulatedTerminal());
        TrainingRun run = TrainingRun.Start(log.Logging, Options with { Rank = 3, WorldSize = 8 });
        run.LogStep(1, 1, 0.5, 0.001);
        run.LogEpoch(1);
        run.LogNumericalIssue(Issue(1) with { Location = "fc1" });
        run.End(success: true);
        Assert.Equal(["warning: rank 3: NaN at step 1 in fc1, gradient_zeroing → errors.log"], log.Shown());
    }

    [Fact]
    public void A_resumed_run_says_from_where()
    {
        using var log = new ConsoleLog(new EmulatedTerminal());
        TrainingRun.Start(log.Logging, Options).End(success: false);
        TrainingRun run = TrainingRun.Resume(log.Logging, "r1", fromStep: 51);
        run.LogStep(2, 60, 0.5, 0.001);
        string[] shown = log.Shown();
        Assert.Contains(shown, line => line.Contains("resumed at step 51", StringComparison.Ordinal));
        Assert.Contains("40%", shown[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void What_another_program_writes_in_between_stays_whole()
    {
        using var log = new ConsoleLog(new EmulatedTerminal());
        TrainingRun run = TrainingRun.Start(log.Logging, Options);
        for (int step = 1; step <= 40; step++)
        {
            run.LogStep(1, step, 0.5, 0.001);
            log.Shown();
            log.Do(terminal => terminal.WriteForeign($"foreign line {step}\n"));
        }

        run.LogStep(1, 41, 0.5, 0.001);
        string[] shown = log.Shown();
        Assert.All(Enumerable.Range(1, 40), step => Assert.Single(shown, line => line == $"foreign line {step}"));
        Assert.Single(shown, IsLiveLine);
        Assert.True(IsLiveLine(shown[^1]));
    }

    [Fact]
    public void A_text_that_another_program_has_begun_on_a_line_is_not_torn()
    {
        using var log = new ConsoleLog(new EmulatedTerminal());
        TrainingRun run = TrainingRun.Start(log.Logging, Options);
        run.LogStep(1, 1, 0.5, 0.001);
        log.Shown();
        log.Do(terminal => terminal.WriteForeign("loading... "));
        run.LogStep(1, 2, 0.5, 0.001);
        log.Shown();
        log.Do(terminal => terminal.WriteForeign("done\n"));
        run.LogStep(1, 3, 0.5, 0.001);
        string[] shown = log.Shown();
        Assert.Contains("loading... done", shown);
        Assert.Equal(3, StepOf(shown[^1]));
    }

    [Theory]
    [InlineData(120, 50)]
    [InlineData(60, 100)]
    [InlineData(100, 30)]
    public void A_window_that_changes_its_width_leaves_no_piece_of_an_earlier_live_line(int before, int after)
    {
        using var log = new ConsoleLog(new EmulatedTerminal(before));
        TrainingRun run = TrainingRun.Start(log.Logging, Options);
        run.LogStep(1, 1, 0.5, 0.001);
        log.Shown();
        log.Do(terminal => terminal.Screen.Reflow(after));
        run.LogStep(1, 2, 0.5, 0.001);
        string[] shown = log.Shown();
        Assert.Single(shown, line => line.Contains("loss", StringComparison.Ordinal));
        Assert.Single(shown, line => line.Contains('─') || line.Contains('━'));
        Assert.True(shown[^1].Length < after);
        Assert.Equal(shown.Length - 2, log.Terminal.Screen.CursorLine);
    }

    [Fact]
    public void Long_and_wide_names_are_cut_to_the_width_and_what_a_terminal_would_obey_is_spelled_out()
    {
        using var log = new ConsoleLog(new EmulatedTerminal(60));
        string wide = string.Concat(Enumerable.Repeat("精度", 30));
        TrainingRun run = TrainingRun.Start(log.Logging, Options with { Model = "\e[2J\e]0;title\a", BestMetric = wide, HigherIsBetter = true });
        for (int epoch = 1; epoch <= 2; epoch++)
        {
            run.LogStep(epoch, epoch, 0.5, 0.001);
            run.LogEpoch(epoch);
            run.LogValidation(epoch, epoch, 0.7, [(wide, 0.5)]);
        }

        run.LogStep(3, 3, 0.5, 0.001);
        run.LogNumericalIssue(Issue(3) with { Location = wide });
        string[] shown = log.Shown();
        Assert.Contains(@"\x1b[2J\x1b]0;title\x07", shown[0], StringComparison.Ordinal);
        Assert.Contains(shown, line => line.EndsWith("… → errors.log", StringComparison.Ordinal));
        int head = Array.FindIndex(shown, line => line.Contains("精度", StringComparison.Ordinal));
        Assert.Equal(Columns(shown[head]), Columns(shown[head + 1]));
        Assert.Single(shown, IsLiveLine);
        Assert.True(Columns(shown[^1]) < 60);
    }

    [Fact]
    public void Messages_of_the_program_are_shown_whole_and_those_about_machine_and_operations_are_not()
    {
        using var log = new ConsoleLog(new EmulatedTerminal(40));
        TrainingRun run = TrainingRun.Start(log.Logging, Options);
        run.LogStep(1, 1, 0.5, 0.001);
        Say(log.Logging.GetLogger(LogCategories.Main), "the whole of a message that is longer than a row");
        run.LogSystemStatistics("now");
        run.LogPerformance("loading", TimeSpan.FromSeconds(1));
        string text = string.Concat(log.Shown());
        Assert.Contains("Said: the whole of a message that is longer than a row", text, StringComparison.Ordinal);
        Assert.DoesNotContain("statistics", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Performance", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_filter_of_the_console_decides_what_it_shows()
    {
        using var log = new ConsoleLog(new EmulatedTerminal(), o => o.ConsoleFilter = RecordFilters.Level(LogLevel.Warning));
        TrainingRun run = TrainingRun.Start(log.Logging, Options);
        run.LogStep(1, 1, 0.5, 0.001);
        run.LogEpoch(1);
        run.LogNumericalIssue(Issue(1) with { Location = "fc1" });
        run.End(success: true);
        Assert.Equal(["warning: NaN at step 1 in fc1, gradient_zeroing → errors.log"], log.Shown());
    }

    [Fact]
    public void After_a_signal_that_may_end_the_process_no_live_line_is_left()
    {
        using var log = new ConsoleLog(new EmulatedTerminal());
        TrainingRun run = TrainingRun.Start(log.Logging, Options);
        run.LogStep(1, 1, 0.5, 0.001);
        log.Shown();
        log.Do(terminal => terminal.WriteForeign("^C"));
        log.Logging.Runs.NoteSignal("SIGINT", isHandled: false);
        run.LogStep(1, 2, 0.5, 0.001);
        string[] shown = log.Shown();
        Assert.DoesNotContain(shown, IsLiveLine);
        Assert.Equal("warning: SIGINT received → errors.log", shown[^1]);
        Assert.Equal((shown.Length, 0), (log.Terminal.Screen.CursorLine, log.Terminal.Screen.Cursor.Column));
    }

    [Fact]
    public void A_step_of_another_phase_moves_nothing()
    {
        using var log = new ConsoleLog(new EmulatedTerminal());
        TrainingRun run = TrainingRun.Start(log.Logging, Options);
        run.LogStep(1, 10, 0.5, 0.001);
        run.LogEpoch(1);
        run.LogStep(1, 77, 9.0, 0.001, phase: "validation");
        run.LogValidation(1, 10, 0.7);
        string[] shown = log.Shown();
        Assert.Equal(10, StepOf(shown[^1]));
        run.LogStep(2, 11, 0.5, 0.001);
        Assert.Contains(log.Shown(), line => line.StartsWith("  1/5    0.5000     0.7000 best", StringComparison.Ordinal));
    }

    private static void TrainAll(ConsoleLog log)
    {
        TrainingRun run = TrainingRun.Start(log.Logging, Options);
        for (int step = 1; step <= 150; step++)
        {
            run.LogStep(1 + ((step - 1) / 30), step, 0.5, 0.001);
            if (step % 30 == 0)
            {
                run.LogEpoch(step / 30);
                run.LogValidation(step / 30, step, 0.7);
                log.Shown();
            }
        }

        run.End(success: true);
        log.Shown();
    }

    private static GradientStatistics Gradients(double norm) => new() { Step = 1, LayerCount = 1, Norm = norm };

    private static NumericalIssue Issue(long step) => new()
    {
        Type = NumericalIssueType.NaN,
        Severity = IssueSeverity.Medium,
        Location = "encoder.layers.11.attention.output.dense.weight",
        Step = step,
        RecoveryAction = "gradient_zeroing",
    };

    private static bool IsLiveLine(string line) => Live().IsMatch(line);

    private static long StepOf(string line) => long.Parse(Regex.Match(line, @"(\d+)/150").Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);

    private static int Columns(string line) => line.Sum(c => c >= 0x2E80 ? 2 : 1);

    [GeneratedRegex(@"(━|╸|─|#|\.{4}).*loss.*(ETA|\d:\d\d)")]
    private static partial Regex Live();

    [TrainLog(1, LogLevel.Information, "Said: {Text}")]
    private static partial void Say(TrainLogger logger, string text);
}
