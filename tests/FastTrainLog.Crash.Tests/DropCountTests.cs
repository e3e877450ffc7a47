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

    private readonly string _directory = Directory.CreateTempSubdirectory("fasttrainlog-drops-").FullName;
    private readonly string _logs;
    private readonly string _trouble;
    private readonly string? _library;

    public DropCountTests(FileChangesLibrary library)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "processes are killed, and their files watched, as on Linux");
        (_library, _logs, _trouble) = (library.Path, Path.Combine(_directory, "logs"), Path.Combine(_directory, "trouble"));
        Directory.CreateDirectory(_logs);
    }

    public void Dispose() => KilledLogs.Delete(_directory);

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
        Assert.SkipWhen(_library is null, "no C compiler: no recovery is killed in the middle");
        long dropped = DropAndKill();
        for (int kill = 1; kill <= Kills; kill++)
        {
            // At a later change each time.
            using Child recovery = Child.Start(
                "return", _logs, kill, 1, 1, environment: [("LD_PRELOAD", _library), ("FILES_BELOW", _logs), ("FILES_KILL", $"{kill * 9}"), ("FILES_KILL_HOW", kill % 2 == 0 ? "after" : "half")]);
            Assert.True(recovery.Process.WaitForExit(Longest));
        }

        LogFiles.Recover(_logs);
        Assert.Equal(dropped, LogFiles.ReadDropped(_logs, cutLines: Kills)["run-0"]);
    }

    [Fact]
    public void What_is_about_to_be_told_when_a_process_is_killed_is_told_once()
    {
        Assert.SkipWhen(_library is null, "no C compiler: no process is killed at a change");
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
                    ("LD_PRELOAD", _library),
                    ("FILES_BELOW", Path.Combine(_logs, "system.log")),
                    ("FILES_KILL", "4"),
                    ("FILES_KILL_HOW", moments[session]),
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
        Assert.SkipWhen(_library is null, "no C compiler: nothing hangs");
        using Child child = Child.Start(
            "wait", _logs, 0, Threads, Records, environment: [("FASTTRAINLOG_FULL_POLICY", "DropNewest"), ("LD_PRELOAD", _library), ("FILES_BELOW", _logs), ("FILES_TROUBLE", _trouble)]);
        Assert.True(SpinWait.SpinUntil(() => child.Returned()[0] > Records / 4, Longest));
        File.WriteAllText(_trouble + ".new", "hang");
        File.Move(_trouble + ".new", _trouble);
        Assert.Equal("ready", child.Process.StandardOutput.ReadLine());
        child.Process.Kill();
        child.Process.WaitForExit();
        File.Delete(_trouble);
        Assert.Equal(Records, child.Returned()[0]);
        return child.Dropped().Sum();
    }
}
