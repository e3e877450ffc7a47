using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Crash.Tests;

/// <summary>What surrounds the process fails while it logs: no descriptor, thread or memory is left, or the file system of the log refuses every change, or does not answer.</summary>
public sealed class SurroundingsTests : IClassFixture<FileChangesLibrary>, IDisposable
{
    private const int Records = 6000;
    private const uint Nobody = 65534;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    private readonly TroubledLogs _troubled;
    private readonly string _logs;

    public SurroundingsTests(FileChangesLibrary library)
    {
        _troubled = new TroubledLogs(library);
        _logs = _troubled.Directory;
    }

    public void Dispose() => _troubled.Dispose();

    [Theory]
    [InlineData("no-files")]
    [InlineData("no-threads")]
    public void Where_a_limit_of_the_process_is_reached_it_logs_on_and_nothing_is_lost(string limit)
    {
        // The limit of threads does not hold for root.
        uint? user = limit == "no-threads" && Environment.UserName == "root" ? Nobody : null;
        using Child child = Child.Start(limit, _logs, 0, threads: 1, Records, compresses: true, user: user);
        Assert.True(child.Process.WaitForExit(Longest));
        Assert.Equal(0, child.Process.ExitCode);
        LogFiles.AssertComplete(_logs, [(0, child.Returned())]);
        Assert.Equal(Records, child.Returned()[0]);
    }

    [Fact]
    public void Where_no_memory_can_be_mapped_the_next_start_has_what_was_logged()
    {
        // The runtime ends the process when it needs memory for compiled code.
        using Child child = Child.Start("no-memory", _logs, 0, threads: 1, Records);
        Assert.True(child.Process.WaitForExit(Longest));
        LogFiles.Recover(_logs);
        LogFiles.AssertComplete(_logs, [(0, child.Returned())]);
    }

    [Theory]
    [InlineData("5")] // EIO
    [InlineData("30")] // EROFS: the file system was remounted read-only
    [InlineData("116")] // ESTALE: a server of files has restarted
    [InlineData("122")] // EDQUOT
    public void Where_the_file_system_refuses_every_change_for_a_while_nothing_is_lost(string error)
    {
        using Child child = Start();
        Assert.True(Eventually.Is(() => child.Returned()[0] > Records / 8, Longest));
        _troubled.Begin(error);
        Assert.True(Eventually.Is(() => child.Returned()[0] > Records / 2, Longest));
        Assert.InRange(Written(), 0, Records / 2);
        _troubled.End();
        Assert.True(child.Process.WaitForExit(Longest));
        Assert.Equal(0, child.Process.ExitCode);
        LogFiles.AssertComplete(_logs, [(0, child.Returned())]);
    }

    [Theory]
    [InlineData("renames", true)]
    [InlineData("renames", false)]
    [InlineData("writes", true)]
    [InlineData("writes", false)]
    public void Where_every_third_change_fails_for_a_while_nothing_is_lost_and_nothing_twice(string trouble, bool compresses)
    {
        using Child child = Start(("FASTTRAINLOG_MAX_FILE_SIZE", "65536"), ("FASTTRAINLOG_COMPRESS_BACKUPS", $"{compresses}"));
        Assert.True(SpinWait.SpinUntil(() => child.Returned()[0] > Records / 8, Longest));
        _troubled.Begin(trouble);
        Assert.True(SpinWait.SpinUntil(() => child.Returned()[0] > Records / 2, Longest));
        _troubled.End();
        Assert.True(child.Process.WaitForExit(Longest));
        Assert.Equal(0, child.Process.ExitCode);
        Assert.Contains("Input/output error", File.ReadAllText(Path.Combine(_logs, "errors.log")), StringComparison.Ordinal);
        LogFiles.AssertComplete(_logs, [(0, child.Returned())]);
    }

    [Theory]
    [InlineData("30")]
    [InlineData("hang")]
    public void Where_the_file_system_no_longer_answers_the_program_goes_on_and_ends_and_the_next_start_has_the_rest(string trouble)
    {
        using Child child = Start(("FASTTRAINLOG_SHUTDOWN_TIMEOUT", "00:00:03"));
        Assert.True(Eventually.Is(() => child.Returned()[0] > Records / 8, Longest));
        _troubled.Begin(trouble);
        // All calls return, and so does Main.
        Assert.True(child.Process.WaitForExit(Longest));
        Assert.Equal(0, child.Process.ExitCode);
        Assert.Equal(Records, child.Returned()[0]);
        Assert.InRange(Written(), 0, Records - 1);
        _troubled.End();
        Assert.Empty(Assert.Single(LogFiles.Recover(_logs)).Problems);
        LogFiles.AssertComplete(_logs, [(0, child.Returned())]);
    }

    // Some seconds long, and within the pages and the lines that a file keeps.
    private Child Start(params (string, string)[] environment) => Child.Start("steady", _logs, 0, threads: 1, Records, environment: [.. _troubled.Environment, .. environment]);

    private int Written() => LogFiles.ReadText(_logs, cutLines: 1).GetValueOrDefault((0, 0))?.Count ?? 0;
}
