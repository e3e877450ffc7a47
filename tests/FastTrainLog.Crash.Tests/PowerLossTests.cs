using System.Diagnostics;
using FastTrainLog.Journals;
using FastTrainLog.Platform;
using FastTrainLog.Tests.Shared;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace FastTrainLog.Crash.Tests;

/// <summary>Losses of power: what a disk may hold then is built from the changes that a real process made to its files.</summary>
public sealed class PowerLossTests(FileChangesLibrary library) : IClassFixture<FileChangesLibrary>, IDisposable
{
    // Where a part of a file is missing, any number of lines is damaged.
    private const int AnyLines = int.MaxValue;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    private readonly string _root = Directory.CreateTempSubdirectory("fasttrainlog-power-").FullName;

    private string Logs => Path.Combine(_root, "logs");

    private string Record => Path.Combine(_root, "changes");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public void What_was_synced_is_there_once_whatever_of_the_rest_is_on_the_disk(int seed, bool compresses)
    {
        const int Records = 4000;
        int losing = Campaign.Of(2, 4, 200);
        Assert.SkipWhen(library.Path is null, "no C compiler (cc, gcc or clang) is on this machine to build the library that records changes of files");
        Directory.CreateDirectory(Logs);
        using (Child child = Child.Start(
            "steady", Logs, 0, threads: 1, Records, compresses: compresses,
            environment: [("LD_PRELOAD", library.Path!), ("FILES_BELOW", Logs), ("FILES_RECORD", Record), ("FASTTRAINLOG_SYNC_INTERVAL", "00:00:00.100"), ("FASTTRAINLOG_MAX_FILE_SIZE", "65536")]))
        {
            Assert.True(child.Process.WaitForExit(Longest));
            Assert.Equal(0, child.Process.ExitCode);
        }

        List<DiskChange> changes = DiskChange.Read(Record);
        var random = new Random(seed);
        int[] losses = [.. Enumerable.Range(0, losing).Select(_ => random.Next(changes.Count)).Append(changes.Count).Order()];
        var disk = new DiskModel(Logs);
        int applied = 0;
        HashSet<long>[] synced = [[], []];
        foreach (int loss in losses)
        {
            for (; applied < loss; applied++)
            {
                disk.Apply(changes[applied]);
            }

            List<long>[] least = Read(Build(disk.AfterLossOfPower(null)));
            string some = Build(disk.AfterLossOfPower(random));
            Assert.Empty(LogFiles.Recover(some));
            List<long>[] found = Read(some);
            for (int file = 0; file < synced.Length; file++)
            {
                synced[file].UnionWith(least[file]);
                Assert.True(synced[file].IsSubsetOf(found[file]), $"loss after {loss} of {changes.Count} changes: {synced[file].Except(found[file]).Count()} of {synced[file].Count} synced records are gone");
                Assert.Equal(found[file].Distinct().Count(), found[file].Count);
            }
        }

        // The end syncs all.
        Assert.All(synced, file => Assert.Equal(Records, file.Count));
        Assert.True(changes.Count(change => change.Kind == DiskChangeKind.Sync && change.Path == Logs) > 2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_journal_that_a_loss_of_power_left_behind_its_files_takes_nothing_from_them(bool isAllOlder)
    {
        Assert.SkipUnless(File.Exists("/proc/sys/kernel/random/boot_id"), "Only Linux tells one boot of a machine from another.");
        Directory.CreateDirectory(Logs);
        string journal;
        byte[] older;
        using (Child child = Child.Start("forever", Logs, 0, threads: 2, long.MaxValue, environment: ("FASTTRAINLOG_MAX_FILE_SIZE", "0")))
        {
            Assert.True(Eventually.Is(() => child.Returned()[0] > 500 && new FileInfo(Path.Combine(Logs, "run.jsonl")) is { Exists: true, Length: > 0 }, Longest));
            journal = Assert.Single(LogFiles.Journals(Logs));
            Signal(child.Process, "STOP");
            older = ReadJournal(journal);
            Signal(child.Process, "CONT");
            Assert.True(Eventually.Is(() => child.Returned()[0] > 5000, Longest));
            child.Process.Kill();
            child.Process.WaitForExit();
        }

        // In the log directory, as where no memory is shared, with blocks of two moments: the checkpoints, or all but what is noted of the files, are those of the earlier one.
        byte[] left = ReadJournal(journal);
        using (SafeFileHandle file = LogFiles.OpenJournal(journal))
        using (JournalImage image = JournalImage.Read(journal, file))
        {
            JournalLayout layout = image.Header.Layout;
            byte[] changes = left[(int)layout.FileChangesAt..(int)layout.DescriptionsAt];
            older.AsSpan(0, isAllOlder ? older.Length : (int)layout.FileChangesAt).CopyTo(left);
            changes.CopyTo(left, layout.FileChangesAt);
            JournalHeader header = JournalHeader.Read(left, journal, out TickConverter clock);
            (header with { Machine = new Machine(header.Machine.Host, "an earlier boot") }).ToBytes(clock).CopyTo(left, 0);
        }

        LogFiles.WritePrivate(Path.Combine(Logs, Path.GetFileName(journal)), left);
        File.Delete(journal);
        Dictionary<(int Session, int Thread), List<long>> before = LogFiles.ReadText(Logs, AnyLines);
        RecoveredJournal recovered = Assert.Single(LogFiles.Recover(Logs));
        Dictionary<(int Session, int Thread), List<long>> after = LogFiles.ReadText(Logs, AnyLines);
        Assert.NotEmpty(before);
        Assert.All(before, thread =>
        {
            Assert.Empty(thread.Value.Except(after[thread.Key]));
            Assert.Equal(after[thread.Key].Distinct().Count(), after[thread.Key].Count);
        });
        Assert.Contains(recovered.Problems, problem => problem.Contains("booted again", StringComparison.Ordinal));
        Assert.Empty(LogFiles.Recover(Logs));
    }

    private string Build(Dictionary<string, byte[]> files)
    {
        string place = Path.Combine(_root, $"disk-{Guid.NewGuid():N}");
        Directory.CreateDirectory(place);
        foreach ((string name, byte[] content) in files)
        {
            File.WriteAllBytes(Path.Combine(place, name), content);
        }

        return place;
    }

    private static byte[] ReadJournal(string path)
    {
        using SafeFileHandle file = LogFiles.OpenJournal(path);
        byte[] content = new byte[RandomAccess.GetLength(file)];
        Assert.Equal(content.Length, RandomAccess.Read(file, content, 0));
        return content;
    }

    private static List<long>[] Read(string directory) =>
        [[.. LogFiles.ReadText(directory, AnyLines).Values.SelectMany(numbers => numbers)], [.. LogFiles.ReadJson(directory, AnyLines).Values.SelectMany(numbers => numbers)]];

    private static void Signal(Process process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }
}
