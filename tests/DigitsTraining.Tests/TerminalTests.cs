using System.Text.RegularExpressions;
using FastTrainLog.Tests.Shared;
using Xunit;

namespace DigitsTraining.Tests;

public sealed partial class TerminalTests
{
    private const char CtrlC = '\x03';
    private const string Sample = "DigitsTraining.dll";

    [Theory]
    [InlineData(40)]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(120)]
    public void A_person_sees_one_live_line_at_a_time_a_row_for_each_epoch_and_what_became_of_the_run(int columns)
    {
        using TerminalRun run = TerminalRun.Start(columns, Sample, [], "--epochs", "9", "--inject-nan", "30", "--inject-error", "50");
        List<string> live = [];
        run.ReadUntil(screen =>
        {
            string[] shown = [.. screen.Lines.Where(line => Live().IsMatch(line))];
            Assert.True(shown.Length <= 1, screen.Text);
            live.AddRange(shown);
            return false;
        });

        Assert.All(live, line => Assert.True(line.Length < columns, line));
        // On a busy machine the live line may be gone again in each piece that is read.
        Assert.Contains("━━━", run.Written, StringComparison.Ordinal);
        string[] lines = run.Screen.Lines;
        int head = Array.FindIndex(lines, line => line.StartsWith("epoch ", StringComparison.Ordinal));
        Assert.True(head > 0, run.Screen.Text);
        string[] rows = [.. lines.Where(line => Row().IsMatch(line))];
        Assert.Equal(Enumerable.Range(1, 9).Select(epoch => $"{epoch}/9"), rows.Select(row => row.Trim()[..3]));
        Assert.All(rows, row => Assert.Equal(lines[head].Length, row.Length));
        Assert.Contains(rows, row => row.Contains(" best", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("warning: NaN", StringComparison.Ordinal) && line.EndsWith("→ errors.log", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("warning: read_batch", StringComparison.Ordinal) && line.EndsWith("→ errors.log", StringComparison.Ordinal));
        Assert.Contains("completed", lines);
        Assert.Contains("        next: fasttrainlog analyze logs", lines);
        Assert.DoesNotContain(lines, line => Live().IsMatch(line));
        Assert.StartsWith("test accuracy: ", lines[^1], StringComparison.Ordinal);
        Assert.Equal((lines.Length, 0), (run.Screen.CursorLine, run.Screen.Cursor.Column));
        Assert.Contains("Epoch 9/9 completed", File.ReadAllText(Path.Combine(run.Directory, "logs", "training_progress.log")), StringComparison.Ordinal);
    }

    [Fact]
    public void Ctrl_C_leaves_the_cursor_on_a_line_of_its_own_and_no_live_line()
    {
        Assert.SkipWhen(IgnoredSignals.Contains(2), "The tests run where this signal is ignored, as in a shell's background, and so does every process that they start.");
        using TerminalRun run = TerminalRun.Start(80, Sample, [], "--epochs", "100000");
        Assert.True(run.ReadUntil(screen => screen.Lines.Any(line => Live().IsMatch(line)) && screen.Text.Contains("2/100000", StringComparison.Ordinal)));
        run.Type(CtrlC);
        run.ReadToEnd();
        string[] lines = run.Screen.Lines;
        Assert.DoesNotContain(lines, line => Live().IsMatch(line));
        Assert.Contains("cancelled: cancelled by Ctrl+C", lines);
        Assert.Equal((lines.Length, 0), (run.Screen.CursorLine, run.Screen.Cursor.Column));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("1", false)]
    public void On_a_terminal_there_are_colours_unless_NO_COLOR_is_set(string noColor, bool isColoured)
    {
        using TerminalRun run = TerminalRun.Start(80, Sample, new() { ["NO_COLOR"] = noColor }, "--epochs", "1");
        run.ReadToEnd();
        Assert.Equal(isColoured, run.Written.Contains("\e[32mcompleted\e[0m", StringComparison.Ordinal));
        Assert.Equal(isColoured, Regex.IsMatch(run.Written, @"\e\[\d+m"));
        Assert.Contains("\ncompleted", run.Screen.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dumb_terminal_is_treated_as_a_file()
    {
        using TerminalRun run = TerminalRun.Start(80, Sample, new() { ["TERM"] = "dumb" }, "--epochs", "2");
        run.ReadToEnd();
        Assert.DoesNotContain('\e', run.Written);
        Assert.Contains("] epoch 2/2  loss ", run.Written, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_the_output_is_redirected_there_are_neither_colours_nor_a_line_for_a_step()
    {
        using var sample = new SampleProcess("--epochs", "2");
        Assert.Equal(0, sample.WaitForEnd());
        string[] lines = sample.Output.Split('\n', StringSplitOptions.TrimEntries);
        Assert.Contains("completed", lines);
        Assert.Single(lines, line => line.Contains("] epoch 1/2  loss ", StringComparison.Ordinal));
        Assert.Single(lines, line => line.Contains("] epoch 2/2  loss ", StringComparison.Ordinal));
        Assert.DoesNotContain('\e', sample.Output);
        Assert.DoesNotContain("step 1/", sample.Output, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"[━╸─]{3,}.*loss.*ETA")]
    private static partial Regex Live();

    [GeneratedRegex(@"^ *\d/9 +\d")]
    private static partial Regex Row();
}
