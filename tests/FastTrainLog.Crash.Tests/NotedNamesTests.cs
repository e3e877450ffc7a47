using FastTrainLog.Files;
using FastTrainLog.Sinks;
using FastTrainLog.Tests.Shared;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace FastTrainLog.Crash.Tests;

/// <summary>Which logs have, or had, the names of the files stands in the hidden file before any of them writes a line, also if there was no room for it at their start.</summary>
public sealed class NotedNamesTests : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    private readonly string _directory = Directory.CreateTempSubdirectory("fasttrainlog-noted-").FullName;
    private readonly string _elsewhere = Directory.CreateTempSubdirectory("fasttrainlog-noted-progress-").FullName;
    private readonly List<(int Session, long[] Returned)> _sessions = [];
    private SmallDisk? _disk;

    public void Dispose()
    {
        _disk?.Dispose();
        Directory.Delete(_elsewhere, recursive: true);
        KilledLogs.Delete(_directory);
    }

    [Fact]
    public void A_log_that_starts_on_a_full_disk_notes_its_names_before_it_writes_a_line()
    {
        Mount();
        KillAfterRoom(session: 0);

        ClaimNote note = Note();
        Assert.True(note.IsOpen);
        Assert.Empty(note.Left);
    }

    [Fact]
    public void A_log_that_starts_while_another_cannot_be_recovered_notes_that_one()
    {
        Mount();
        KillAfterRoom(session: 0);
        Guid killed = Note().Log;
        // As it was for a process that found no room for its note.
        File.WriteAllBytes(Claim, []);
        KillAfterRoom(session: 1);

        ClaimNote note = Note();
        Assert.True(note.IsOpen);
        Assert.Contains(note.Left, left => left.Log == killed);

        using Child last = Child.Start("return", _directory, 2, threads: 1, 1, progressFolder: _elsewhere);
        Assert.True(last.Process.WaitForExit(Longest));
        Assert.Empty(LogFiles.Journals(_directory));
        LogFiles.AssertComplete(_directory, _sessions, cutLines: 4);
    }

    private string Claim => Path.Combine(_directory, ".fasttrainlog.1.lock");

    private void Mount()
    {
        _disk = SmallDisk.Mount(_directory);
        Assert.SkipWhen(_disk is null, "only root may mount a file system");
    }

    // The disk is full at the start; with room, the log writes and rotates until it is killed.
    private void KillAfterRoom(int session)
    {
        _disk!.Fill();
        using Child child = Child.Start("repeat", _directory, session, threads: 1, long.MaxValue, flushInterval: TimeSpan.FromMilliseconds(3), progressFolder: _elsewhere, environment: ("FASTTRAINLOG_MAX_FILE_SIZE", "65536"));
        Assert.True(Eventually.Is(() => child.Returned()[0] > 0, Longest));
        int rotated = Rotated;
        Assert.Equal(0, session == 0 ? rotated : 0);
        _disk.MakeRoom();
        Assert.True(Eventually.Is(() => Rotated > rotated + 2, Longest));
        child.Process.Kill();
        child.Process.WaitForExit();
        _sessions.Add((session, child.Returned()));
    }

    private int Rotated => RotatedFiles.NumbersOf(Path.Combine(_directory, "run.jsonl")).Length;

    private ClaimNote Note()
    {
        using SafeFileHandle file = File.OpenHandle(Claim);
        return ClaimNote.Read(file);
    }
}
