using System.Diagnostics;
using System.Text.RegularExpressions;
using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Crash.Tests;

/// <summary>The default console of programs that write to theirs too, on a real terminal.</summary>
public sealed partial class ConsoleTests
{
    private const string Program = "FastTrainLog.Crash.Child.dll";

    [Theory]
    [InlineData(40)]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(120)]
    public void A_loop_of_a_thousand_steps_leaves_its_beginning_and_its_end_on_the_terminal_and_no_line_for_a_step(int columns)
    {
        using TerminalRun run = TerminalRun.Start(columns, Program, [], "console", "silent");
        run.ReadUntil(screen =>
        {
            Assert.InRange(screen.Lines.Count(line => Live().IsMatch(line)), 0, 1);
            return false;
        });
        string[] lines = run.Screen.Lines;
        Assert.Equal(["MyModel, 1000 steps, batch 32", "run r1, log in logs", "", "completed"], lines[..4]);
        Assert.Equal("        next: fasttrainlog analyze logs", lines[^1]);
        Assert.InRange(lines.Length, 11, 14);
        Assert.All(lines, line => Assert.True(line.Length < columns, line));
        Assert.Equal(1000, File.ReadLines(Path.Combine(run.Directory, "logs", "training_progress.log")).Count(line => line.Contains("Step ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(40)]
    [InlineData(80)]
    public void What_the_program_writes_is_whole_and_in_order_above_the_live_line(int columns)
    {
        using TerminalRun run = TerminalRun.Start(columns, Program, [], "console", "talking");
        Assert.True(run.ReadUntil(screen => IsLive(screen)));
        File.WriteAllText(Path.Combine(run.Directory, "seen"), string.Empty);
        run.ReadUntil(screen =>
        {
            IsLive(screen);
            return false;
        });
        string[] expected = [.. Enumerable.Range(1, 50).Select(i => i * 20).SelectMany(step => new[] { $"line {step}", $"below it {step}", $"begun {step}... error {step}", $"done {step} 精" })];
        Assert.Equal(expected, run.Screen.Lines.Where(line => Own().IsMatch(line)));
    }

    [Fact]
    public void A_thread_that_kept_the_console_s_first_writer_blocks_nobody()
    {
        using TerminalRun run = TerminalRun.Start(80, Program, [], "console", "two-writers");
        run.ReadToEnd();
        Assert.Contains("completed", run.Screen.Lines);
        Assert.DoesNotContain("another writer is in place", run.Screen.Lines);
        Assert.Equal(2000, Regex.Count(run.Written, @"kept \d+\r\n"));
    }

    [Fact]
    public void A_program_that_has_redirected_its_console_keeps_its_redirection()
    {
        using TerminalRun run = TerminalRun.Start(80, Program, [], "console", "redirected-by-program");
        run.ReadToEnd();
        Assert.Equal("redirected: 50", run.Screen.Lines[^1]);
        Assert.DoesNotContain(run.Screen.Lines, line => line.StartsWith("line ", StringComparison.Ordinal) || line.StartsWith("another", StringComparison.Ordinal));
    }

    [Fact]
    public void Redirected_a_loop_of_a_thousand_steps_writes_some_lines_not_a_thousand()
    {
        string output = Redirected(view: "Progress");
        Assert.InRange(output.Split('\n').Length, 5, 60);
        Assert.DoesNotContain('\e', output);
        Assert.Contains("next: fasttrainlog analyze logs", output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_view_of_records_has_a_line_for_each_step()
    {
        string output = Redirected(view: "Records");
        Assert.Equal(1000, output.Split('\n').Count(line => line.Contains("TRAINING - INFO - Epoch 1, Step ", StringComparison.Ordinal)));
        Assert.DoesNotContain("next: ", output, StringComparison.Ordinal);
    }

    private static string Redirected(string view)
    {
        string directory = Directory.CreateTempSubdirectory("ftl-console-").FullName;
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, Program), "console", "silent"]) { RedirectStandardOutput = true, WorkingDirectory = directory };
        start.Environment["FASTTRAINLOG_CONSOLE_VIEW"] = view;
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        Directory.Delete(directory, recursive: true);
        return output;
    }

    private static bool IsLive(ScreenEmulator screen)
    {
        int shown = screen.Lines.Count(line => Live().IsMatch(line));
        Assert.InRange(shown, 0, 1);
        return shown == 1;
    }

    [GeneratedRegex(@"[━╸─]{3,}.*loss.*(ETA|\d:\d\d)")]
    private static partial Regex Live();

    [GeneratedRegex("^(line|below it|begun|error|done) ")]
    private static partial Regex Own();
}
