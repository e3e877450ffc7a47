using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Crash.Tests;

/// <summary>What a killed process had dropped by its policy, and had not told, the next start tells: once, and exactly.</summary>
public sealed class DropCountTests : IClassFixture<FileChangesLibrary>, IDisposable
{
    private const int Threads = 2;
    private const int Records = 60_000;
    private const int Kills = 4;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    private readonly TroubledLogs _troubled;
    private readonly string _logs;

    public DropCountTests(FileChangesLibrary library)
    {
        _troubled = new TroubledLogs(library);
        _logs = _troubled.Directory;
    }

    public void Dispose() => _troubled.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_a_killed_process_had_dropped_is_told_once(bool filesChangeMeanwhile)
    {
        long dropped = DropAndKill();
        Assert.InRange(LogFiles.ReadDropped(_logs, cutLines: 1).GetValueOrDefault("run-0"), 0, dropped - 1);
        if (filesChangeMeanwhile)
        {
            // Nothing is cut then: what is in the files is searched.
            File.AppendAllText(Path.Combine(_logs, "run.jsonl"), "{\"event\":\"Another\"}\n");
            File.AppendAllText(Path.Combine(_logs, "system.log"), "another\n");
        }

        LogFiles.Recover(_logs);
        Assert.Equal(dropped, LogFiles.ReadDropped(_logs, cutLines: 1)["run-0"]);
        LogFiles.Recover(_logs);
        Assert.Equal(dropped, LogFiles.ReadDropped(_logs, cutLines: 1)["run-0"]);
    }

    [Fact]
    public void It_is_told_once_by_recoveries_of_which_all_but_the_last_are_killed()
    {
        long dropped = DropAndKill();
        for (int kill = 1; kill <= Kills; kill++)
        {
            // At a later change each time.
            using Child recovery = Child.Start("return", _logs, kill, 1, 1, environment: _troubled.Killing(_logs, kill * 9, kill % 2 == 0 ? "after" : "half"));
            Assert.True(recovery.Process.WaitForExit(Longest));
        }

        LogFiles.Recover(_logs);
        Assert.Equal(dropped, LogFiles.ReadDropped(_logs, cutLines: Kills)["run-0"]);
    }

    [Fact]
    public void What_is_about_to_be_told_when_a_process_is_killed_is_told_once()
    {
        var sessions = new List<(int Session, long[] Returned, long[] Dropped)>();
        string[] moments = ["before", "half", "after", "20000"];
        for (int session = 0; session < moments.Length; session++)
        {
            // At a change of the file that holds nothing but what is told.
            using Child child = Child.Start(
                "wait",
                _logs,
                session,
                Threads,
                long.MaxValue / 2,
                environment:
                [
                    ("FASTTRAINLOG_FULL_POLICY", "DropNewest"),
                    ("FASTTRAINLOG_BUFFER_BYTES", "1048576"),
                    ("FASTTRAINLOG_MAX_FILE_SIZE", "0"),
                    .. _troubled.Killing(Path.Combine(_logs, "system.log"), 4, moments[session]),
                ]);
            Assert.True(child.Process.WaitForExit(Longest));
            Assert.Equal(137, child.Process.ExitCode);
            sessions.Add((session, child.Returned(), child.Dropped()));
            Assert.NotEqual(0, child.Dropped().Sum());
        }

        LogFiles.Recover(_logs);
        LogFiles.AssertComplete(_logs, sessions, cutLines: 0);
        LogFiles.AssertDropsAreTold(_logs, sessions, cutLines: 0);
    }

    // Returns how many records were dropped: some of them told already, and others while the file system did not answer, so that they could not be.
    private long DropAndKill()
    {
        using Child child = Child.Start("wait", _logs, 0, Threads, Records, environment: [("FASTTRAINLOG_FULL_POLICY", "DropNewest"), .. _troubled.Environment]);
        Assert.True(Eventually.Is(() => child.Returned()[0] > Records / 4, Longest));
        _troubled.Begin("hang");
        Assert.Equal("ready", child.Process.StandardOutput.ReadLine());
        child.Process.Kill();
        child.Process.WaitForExit();
        _troubled.End();
        Assert.Equal(Records, child.Returned()[0]);
        return child.Dropped().Sum();
    }
}
