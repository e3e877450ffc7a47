using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Crash.Tests;

/// <summary><see cref="TrainLogOptions.SyncInterval"/>: a library before the C library records what a real process syncs.</summary>
public sealed class DiskSyncTests(FileChangesLibrary library) : IClassFixture<FileChangesLibrary>, IDisposable
{
    private const int Records = 3000;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    private readonly string _directory = Directory.CreateTempSubdirectory("fasttrainlog-sync-").FullName;

    private string Record => Path.Combine(_directory, ".changes");

    public void Dispose() => KilledLogs.Delete(_directory);

    [Fact]
    public void Files_and_their_directory_are_synced_at_the_interval()
    {
        using Child child = Start("wait", ("FASTTRAINLOG_SYNC_INTERVAL", "00:00:00.100"));
        // The rotated files since the last sync too, the first one included; and the directory.
        Assert.True(
            Eventually.Is(
                () => IsAllSynced() && Synced().Contains($"{_directory} ", StringComparison.Ordinal) && Rotated().All(file => Synced().Contains($" {new FileInfo(file).Length}\n", StringComparison.Ordinal)),
                Longest),
            Synced());
        Assert.True(Rotated().Length > 1);
    }

    [Fact]
    public void A_critical_record_is_synced_at_once()
    {
        using Child child = Start("critical", ("FASTTRAINLOG_SYNC_INTERVAL", "12:00:00"));
        Assert.True(Eventually.Is(IsAllSynced, Longest), Synced());
    }

    [Theory]
    [InlineData("12:00:00", true)]
    [InlineData("00:00:00", false)]
    public void The_end_of_a_process_syncs_where_syncs_are_asked_for(string interval, bool isSynced)
    {
        using Child child = Start("return", ("FASTTRAINLOG_SYNC_INTERVAL", interval));
        Assert.True(child.Process.WaitForExit(Longest));
        Assert.Equal(isSynced, IsAllSynced());
        Assert.Equal(isSynced, Synced().Contains("run.jsonl ", StringComparison.Ordinal));
    }

    private Child Start(string end, params (string, string)[] environment)
    {
        Assert.SkipWhen(library.Path is null, "no C compiler (cc, gcc or clang) is on this machine to build the library that records changes of files");
        return Child.Start(end, _directory, 0, threads: 1, Records, environment: [("LD_PRELOAD", library.Path!), ("FILES_BELOW", _directory), ("FILES_RECORD", Record), .. environment]);
    }

    // Each file was synced with the length that it has.
    private bool IsAllSynced() => new[] { "run.jsonl", "training_progress.log" }.All(name =>
        new FileInfo(Path.Combine(_directory, name)) is { Exists: true, Length: > 0 } file
        && Synced().Contains($"{file.FullName} {file.Length}\n", StringComparison.Ordinal));

    private string[] Rotated() => Directory.GetFiles(_directory, "run.jsonl.*");

    private string Synced() => string.Concat(DiskChange.Read(Record).Where(change => change.Kind == DiskChangeKind.Sync).Select(change => $"{change.Path} {change.Length}\n"));
}
