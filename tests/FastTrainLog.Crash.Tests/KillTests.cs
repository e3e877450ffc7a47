using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Crash.Tests;

/// <summary>SIGKILL at random moments of a process's life: at its start, in the middle of a recovery, while it logs, rotates, compresses and checkpoints.</summary>
public sealed class KillTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, Campaign.Of(2, 4, 10))];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Record_committed_before_SIGKILL_is_recovered_exactly_once(int seed)
    {
        const int Kills = 20;
        bool compresses = seed % 2 == 0;
        var random = new Random(seed);
        string directory = Directory.CreateTempSubdirectory("fasttrainlog-crash-").FullName;
        var sessions = new List<(int Session, long[] Returned)>();
        for (int session = 0; session < Kills; session++)
        {
            using Child child = Child.Start("forever", directory, session, threads: random.Next(1, 5), long.MaxValue, compresses: compresses);
            // Some die while they start or recover, the others after logging for a while.
            if (random.Next(4) == 0)
            {
                child.Process.WaitForExit(random.Next(20, 150));
            }
            else
            {
                Assert.True(Eventually.Is(() => child.Returned()[0] > 0, TimeSpan.FromSeconds(60)));
                child.Process.WaitForExit(random.Next(0, 120));
            }

            if (compresses && session == Kills - 1)
            {
                // However busy the machine: where it was too busy to compress one before, it does now.
                Assert.True(Eventually.Is(() => Directory.GetFiles(directory, "*.gz").Length > 0, TimeSpan.FromSeconds(60)));
            }

            Assert.False(child.Process.HasExited);
            child.Process.Kill();
            child.Process.WaitForExit();
            sessions.Add((session, child.Returned()));
        }

        IReadOnlyList<RecoveredJournal> recovered = LogFiles.Recover(directory);
        Assert.All(recovered, journal => Assert.Empty(journal.Problems));
        LogFiles.AssertComplete(directory, sessions);
        Assert.Contains(sessions, s => s.Returned[0] > 100);
        Assert.Empty(LogFiles.Recover(directory));
        Assert.Equal(compresses, Directory.GetFiles(directory, "*.gz").Length > 0);
        Assert.Empty(Directory.GetFiles(directory, "*.tmp"));
        KilledLogs.Delete(directory);
    }

    [Fact]
    public void More_than_256_files_of_a_log_hold_each_record_exactly_once()
    {
        string directory = Directory.CreateTempSubdirectory("fasttrainlog-crash-").FullName;
        // run.jsonl comes after them.
        string files = string.Join(';', Enumerable.Range(0, 300).Select(number => $"category{number}=category{number}.log"));
        using (Child child = Child.Start("forever", directory, 0, threads: 2, long.MaxValue, environment: ("FASTTRAINLOG_CATEGORY_FILES", files)))
        {
            Assert.True(Eventually.Is(() => child.Returned()[0] > 500 && new FileInfo(Path.Combine(directory, "run.jsonl")) is { Exists: true, Length: > 0 }, TimeSpan.FromMinutes(2)));
            child.Process.Kill();
            child.Process.WaitForExit();
            Assert.Empty(Assert.Single(LogFiles.Recover(directory)).Problems);
            LogFiles.AssertComplete(directory, [(0, child.Returned())]);
        }

        KilledLogs.Delete(directory);
    }
}
