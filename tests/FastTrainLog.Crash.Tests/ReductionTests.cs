using FastTrainLog.Reading;
using FastTrainLog.Sinks;
using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Crash.Tests;

/// <summary>SIGKILL while the oldest rotated files are reduced to what outlives the steps.</summary>
public sealed class ReductionTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public void What_outlives_the_steps_is_read_exactly_once_whenever_its_process_was_killed(int seed, bool compresses)
    {
        int kills = Campaign.Of(2, 4, 12);
        var random = new Random(seed);
        string directory = Directory.CreateTempSubdirectory("fasttrainlog-crash-").FullName;
        var sessions = new List<(int Session, long[] Returned)>();
        for (int session = 0; session < kills; session++)
        {
            using Child child = Child.Start(
                "lasting", directory, session, threads: 2, long.MaxValue, compresses: compresses, environment: ("FASTTRAINLOG_MAX_TOTAL_BACKUP_SIZE", "600000"));
            Assert.True(Eventually.Is(() => child.Returned()[0] > 0 && IsReduced(directory), TimeSpan.FromMinutes(5)));
            child.Process.WaitForExit(random.Next(0, 400));
            Assert.False(child.Process.HasExited);
            child.Process.Kill();
            child.Process.WaitForExit();
            sessions.Add((session, child.Returned()));
            AssertOnce(directory);
        }

        IReadOnlyList<RecoveredJournal> recovered = LogFiles.Recover(directory);
        Assert.All(recovered, journal => Assert.Empty(journal.Problems));
        Dictionary<(long Session, long Thread), List<long>> lasting = AssertOnce(directory);
        foreach ((int session, long[] returned) in sessions)
        {
            for (int thread = 0; thread < 2; thread++)
            {
                // The last call may have committed its record and not have returned.
                List<long> numbers = lasting.GetValueOrDefault((session, thread)) ?? [];
                long calls = (returned[thread] + 511) / 512;
                Assert.InRange(numbers.Count, calls, calls + 1);
                Assert.Equal(Enumerable.Range(0, numbers.Count).Select(i => 512L * i), numbers);
            }
        }

        Assert.Empty(Directory.GetFiles(directory, "*.tmp"));
        Directory.Delete(directory, recursive: true);
    }

    private static bool IsReduced(string directory) => Directory.GetFiles(directory, "run.jsonl.*.gz").Any(ReducedFile.Is);

    /// <summary>Asserts that no record is there twice, and returns the numbers of those that outlive the steps.</summary>
    private static Dictionary<(long Session, long Thread), List<long>> AssertOnce(string directory)
    {
        var lasting = new Dictionary<(long Session, long Thread), List<long>>();
        var seen = new HashSet<(long Session, long Thread, long Number)>();
        using var reader = new LogReader(directory);
        while (reader.Read())
        {
            if (reader.Current.EventName is not ("Lasting" or "Numbered"))
            {
                continue;
            }

            long session = reader.Current.GetInt64("Session"u8)!.Value;
            long thread = reader.Current.GetInt64("Thread"u8)!.Value;
            long number = reader.Current.GetInt64("Number"u8)!.Value;
            Assert.True(seen.Add((session, thread, number)), $"session {session} thread {thread} number {number} is there twice");
            if (reader.Current.EventName == "Lasting")
            {
                (lasting.TryGetValue((session, thread), out List<long>? numbers) ? numbers : lasting[(session, thread)] = []).Add(number);
            }
        }

        return lasting;
    }
}
