using System.Diagnostics;
using FastTrainLog.Files;
using FastTrainLog.Journals;
using FastTrainLog.Recovery;
using FastTrainLog.Sinks;
using FastTrainLog.Tests.Shared;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace FastTrainLog.Crash.Tests;

/// <summary>A journal belongs to a directory and to files, not to paths: nothing of another log is cut, nothing is lost or written twice.</summary>
public sealed class JournalIdentityTests : IDisposable
{
    private const int Records = 3000;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    private readonly string _root = Directory.CreateTempSubdirectory("fasttrainlog-identity-").FullName;
    private readonly string _elsewhere = Directory.Exists("/dev/shm") ? $"/dev/shm/fasttrainlog-test-{Guid.NewGuid():N}" : string.Empty;

    public JournalIdentityTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere journals lie in the log directory, which is one directory by any path.");
        Directory.CreateDirectory(_elsewhere, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private string Logs => Path.Combine(_root, "logs");

    public void Dispose()
    {
        if (_elsewhere.Length > 0)
        {
            Directory.Delete(_elsewhere, recursive: true);
        }

        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public void Two_directories_that_had_one_path_keep_their_records_apart()
    {
        long[] first = Kill(Logs, 0);
        string aside = Path.Combine(_root, "first");
        Directory.Move(Logs, aside);

        long[] second = End(Logs, 1);
        LogFiles.AssertComplete(Logs, [(1, second)]);
        Assert.Empty(LogFiles.Recover(Logs));

        Assert.Single(LogFiles.Recover(aside));
        LogFiles.AssertComplete(aside, [(0, first)]);
        LogFiles.AssertComplete(Logs, [(1, second)]);
    }

    [Fact]
    public void A_start_after_a_log_was_deleted_brings_nothing_of_it_back()
    {
        Kill(Logs, 0);
        Directory.Delete(Logs, recursive: true);
        long[] second = End(Logs, 1);
        LogFiles.AssertComplete(Logs, [(1, second)]);
        Assert.False(LogFiles.ReadText(Logs).ContainsKey((0, 0)));
        PendingJournal left = Assert.Single(JournalRecovery.FindAbandoned(), journal => journal.Directory == Logs);
        Assert.Equal(new FileInfo(left.Path).Length, left.Length);
        File.Delete(left.Path);
    }

    [Fact]
    public void A_start_after_all_files_of_a_log_were_deleted_sets_its_journal_aside()
    {
        long[] first = Kill(Logs, 0, wait: true);
        Array.ForEach(Directory.GetFiles(Logs).Where(file => !Path.GetFileName(file).StartsWith('.')).ToArray(), File.Delete);
        RecoveredJournal found = Assert.Single(LogFiles.Recover(Logs));
        Assert.Contains("were deleted", Assert.Single(found.Problems), StringComparison.Ordinal);
        Assert.True(first[0] > 0);
        Assert.False(LogFiles.ReadText(Logs).ContainsKey((0, 0)));
        File.Delete(found.Path);
    }

    [Fact]
    public void A_directory_that_a_link_leads_to_is_one_directory()
    {
        Directory.CreateDirectory(Logs);
        string link = Path.Combine(_root, "link");
        Directory.CreateSymbolicLink(link, Logs);
        long[] first = Kill(link, 0);
        long[] second = End(Logs, 1);
        Assert.Empty(LogFiles.Recover(link));
        LogFiles.AssertComplete(Logs, [(0, first), (1, second)]);
    }

    [Fact]
    public void A_directory_that_is_mounted_elsewhere_too_is_one_directory()
    {
        string mounted = Path.Combine(_root, "mounted");
        Directory.CreateDirectory(mounted);
        Directory.CreateDirectory(Logs);
        string mounts = $"mount --bind '{Logs}' '{mounted}'";
        AssumeMounts(mounts);
        long[] first = Kill(Logs, 0, mounts: mounts, seenAs: mounted);
        long[] second = End(Logs, 1);
        long[] third = Kill(Logs, 2, mounts: mounts, seenAs: mounted);
        Assert.Single(LogFiles.Recover(Logs));
        LogFiles.AssertComplete(Logs, [(0, first), (1, second), (2, third)]);
    }

    [Fact]
    public void A_container_with_a_shared_memory_of_its_own_takes_nothing_from_what_others_wrote()
    {
        const string Mounts = "mount -t tmpfs none /dev/shm";
        AssumeMounts(Mounts);
        Directory.CreateDirectory(Logs);
        (string, string) none = ("XDG_RUNTIME_DIR", string.Empty);
        // What its memory held and no file is gone with it.
        Kill(Logs, 0, wait: true, mounts: Mounts, environment: none);
        Dictionary<(int Session, int Thread), List<long>> left = LogFiles.ReadText(Logs, cutLines: 1);
        long[] second = End(Logs, 1, environment: none);
        LogFiles.AssertComplete(Logs, [(1, second)], cutLines: 1);
        Dictionary<(int Session, int Thread), List<long>> now = LogFiles.ReadText(Logs, cutLines: 1);
        Assert.NotEmpty(left);
        Assert.All(left, thread => Assert.Equal(thread.Value, now[thread.Key]));
        Assert.Contains("cannot be found from here", File.ReadAllText(Path.Combine(Logs, "errors.log")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_copy_of_a_directory_gets_nothing_of_what_was_meant_for_it()
    {
        long[] first = Kill(Logs, 0);
        string copy = Path.Combine(_root, "copy");
        Run("cp", "-a", Logs, copy);
        Assert.Empty(LogFiles.Recover(copy));
        Assert.Single(LogFiles.Recover(Logs));
        LogFiles.AssertComplete(Logs, [(0, first)]);
    }

    [Fact]
    public void A_directory_that_was_moved_to_another_disk_is_recovered_without_a_line_twice()
    {
        long[] first = Kill(Logs, 0);
        string moved = Path.Combine(_root, "moved");
        Run("cp", "-r", Logs, moved);
        Directory.Delete(Logs, recursive: true);
        Assert.Single(LogFiles.Recover(moved));
        LogFiles.AssertComplete(moved, [(0, first)]);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void A_log_that_could_not_see_the_journal_before_it_loses_nothing_when_that_is_recovered_late(bool compresses, bool isKilled)
    {
        long[] first = Kill(Logs, 0, wait: true, environment: ("XDG_RUNTIME_DIR", _elsewhere));
        long[] second = isKilled ? Kill(Logs, 1, wait: true, compresses: compresses) : End(Logs, 1, compresses);
        long[] third = End(Logs, 2, compresses);
        Assert.Contains("cannot be found from here", File.ReadAllText(Path.Combine(Logs, "errors.log")), StringComparison.Ordinal);

        // The one that sees it writes what is missing.
        long[] fourth = End(Logs, 3, environment: ("XDG_RUNTIME_DIR", _elsewhere));
        LogFiles.AssertComplete(Logs, [(0, first), (1, second), (2, third), (3, fourth)], cutLines: 1);
        Assert.Empty(Directory.GetFiles(Path.Combine(_elsewhere, "fasttrainlog")));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public void A_kill_in_the_middle_of_a_rotation_loses_nothing_to_a_log_that_could_not_see_the_journal(bool isMoved, bool compresses)
    {
        // Long before the file is full, so that this rotation is the only one.
        long[] first = Kill(Logs, 0, wait: true, environment: ("XDG_RUNTIME_DIR", _elsewhere), until: () => new FileInfo(Path.Combine(Logs, "run.jsonl")) is { Exists: true, Length: > 0 and < 100_000 });
        LeaveRotationHalfDone(Assert.Single(Directory.GetFiles(Path.Combine(_elsewhere, "fasttrainlog"))), "run.jsonl", isMoved);
        long[] second = End(Logs, 1, compresses);
        long[] third = End(Logs, 2, compresses);
        long[] fourth = End(Logs, 3, environment: ("XDG_RUNTIME_DIR", _elsewhere));
        LogFiles.AssertComplete(Logs, [(0, first), (1, second), (2, third), (3, fourth)], cutLines: 1);
        Assert.Empty(Directory.GetFiles(Path.Combine(_elsewhere, "fasttrainlog")));
    }

    [Fact]
    public void A_late_recovery_that_is_killed_itself_is_done_again()
    {
        long[] first = Kill(Logs, 0, wait: true, environment: ("XDG_RUNTIME_DIR", _elsewhere));
        var sessions = new List<(int, long[])> { (0, first) };
        for (int session = 1; session < 8; session++)
        {
            // In turn one that sees the journals of the others and one that does not, killed while it starts, recovers or logs.
            (string, string)[] environment = session % 2 == 0 ? [("XDG_RUNTIME_DIR", _elsewhere)] : [];
            using Child child = Child.Start("forever", Logs, session, threads: 2, long.MaxValue, environment: environment);
            child.Process.WaitForExit(session * 60);
            child.Process.Kill();
            child.Process.WaitForExit();
            sessions.Add((session, child.Returned()));
        }

        End(Logs, 8, environment: ("XDG_RUNTIME_DIR", _elsewhere));
        LogFiles.Recover(Logs);
        LogFiles.AssertComplete(Logs, sessions.Select(session => (session.Item1, session.Item2)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_line_that_another_program_added_after_the_kill_stays(bool isBusy)
    {
        long[] first = Kill(Logs, 0, wait: isBusy);
        string progress = Path.Combine(Logs, "run.jsonl");
        File.AppendAllText(progress, (isBusy ? "\n" : string.Empty) + "{\"event\":\"Another\"}\n");
        LogFiles.Recover(Logs);
        // A busy process is killed in the middle of a write now and then.
        LogFiles.AssertComplete(Logs, [(0, first)], cutLines: isBusy ? 2 : 0);
        // Where the kill came in the middle of a rotation, that was finished.
        Assert.Contains(Directory.GetFiles(Logs, "run.jsonl*"), file => LogFiles.ReadLines(file).Any(line => line.Contains("Another", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_kill_between_a_rotation_and_the_note_of_the_new_file_loses_nothing()
    {
        long[] first = Kill(Logs, 0, wait: true, until: () => new FileInfo(Path.Combine(Logs, "run.jsonl")) is { Exists: true, Length: > 0 and < 100_000 });
        LeaveRotationHalfDone(Assert.Single(LogFiles.Journals(Logs)), "run.jsonl", isMoved: true);
        File.AppendAllText(Path.Combine(Logs, "run.jsonl"), string.Empty);
        Assert.Empty(Assert.Single(LogFiles.Recover(Logs)).Problems);
        // The real kill may have come in the middle of a write.
        LogFiles.AssertComplete(Logs, [(0, first)], cutLines: 1);
    }

    // What follows the last checkpoint is in the file in another order than in the journal, where a thread was interrupted in the middle of a call.
    [Theory]
    [InlineData("Text")]
    [InlineData("Template")]
    public void A_file_that_was_copied_over_itself_after_the_kill_gets_each_record_once(string message)
    {
        for (int round = 0; round < 6; round++)
        {
            string logs = Path.Combine(_root, $"{round}");
            Directory.CreateDirectory(logs);
            using Child child = Child.Start("forever", logs, round, threads: 4, long.MaxValue, environment: ("FASTTRAINLOG_JSON_MESSAGE", message));
            Assert.True(Eventually.Is(() => child.Returned()[0] > Records + (100 * round), Longest));
            child.Process.Kill();
            child.Process.WaitForExit();
            // One is missing where the kill came in the middle of its rotation.
            foreach (string name in new[] { "run.jsonl", "training_progress.log" }.Where(name => File.Exists(Path.Combine(logs, name))))
            {
                Run("cp", Path.Combine(logs, name), Path.Combine(_root, "copy"));
                File.Move(Path.Combine(_root, "copy"), Path.Combine(logs, name), overwrite: true);
            }

            Assert.Empty(Assert.Single(LogFiles.Recover(logs)).Problems);
            LogFiles.AssertComplete(logs, [(round, child.Returned())], cutLines: 1);
        }
    }

    [Theory]
    [InlineData("EnableJsonLogging")]
    [InlineData("EnableFileLogging")]
    public void Records_go_to_the_files_that_they_were_meant_for_whatever_the_next_start_writes(string off)
    {
        long[] first = Kill(Logs, 0);
        using (TrainLogging logging = TrainLogging.Create(o =>
        {
            (o.LogDirectory, o.EnableConsoleLogging) = (Logs, false);
            (o.EnableJsonLogging, o.EnableFileLogging) = (off != "EnableJsonLogging", off != "EnableFileLogging");
        }))
        {
            Assert.Empty(Assert.Single(logging.RecoveredJournals).Problems);
        }

        LogFiles.AssertComplete(Logs, [(0, first)]);
    }

    [Fact]
    public void Records_of_a_killed_second_log_go_to_its_own_files()
    {
        long[] second;
        using (TrainLogging.Create(o => (o.LogDirectory, o.EnableConsoleLogging) = (Logs, false)))
        {
            second = Kill(Logs, 1);
        }

        Assert.Single(LogFiles.Recover(Logs));
        string[] lines = File.ReadAllLines(Path.Combine(Logs, "training_progress.2.log"));
        Assert.InRange(lines.Count(line => line.Contains("session 1 thread 0", StringComparison.Ordinal)), second[0], second[0] + 1);
        Assert.DoesNotContain("session 1", File.ReadAllText(Path.Combine(Logs, "training_progress.log")), StringComparison.Ordinal);
    }

    // Ends in the middle of its life, most of it not written; or all but what came since the last checkpoint.
    private static long[] Kill(string directory, int session, bool wait = false, bool compresses = false, Func<bool>? until = null, string? mounts = null, string? seenAs = null, params (string, string)[] environment)
    {
        Directory.CreateDirectory(directory);
        using Child child = wait
            ? Child.Start("forever", directory, session, threads: 2, long.MaxValue, compresses: compresses, mounts: mounts, seenAs: seenAs, environment: environment)
            : Child.Start("fail-fast", directory, session, threads: 2, Records, flushInterval: TimeSpan.FromMinutes(1), mounts: mounts, seenAs: seenAs, environment: environment);
        if (wait)
        {
            // So much that checkpoints and rotations are behind it.
            Assert.True(Eventually.Is(() => child.Returned()[0] > Records && File.Exists(Path.Combine(directory, "run.jsonl.3")) && until?.Invoke() != false, Longest));
            child.Process.Kill();
        }

        Assert.True(child.Process.WaitForExit(Longest));
        Assert.InRange(child.Returned()[0], Records, long.MaxValue);
        return child.Returned();
    }

    private static long[] End(string directory, int session, bool compresses = false, params (string, string)[] environment)
    {
        Directory.CreateDirectory(directory);
        using Child child = Child.Start("return", directory, session, threads: 2, Records, compresses: compresses, environment: environment);
        Assert.True(child.Process.WaitForExit(Longest));
        Assert.Equal(0, child.Process.ExitCode);
        return child.Returned();
    }

    // As if the kill had come a moment later: the older ones have moved up, and the file itself too or not yet.
    private void LeaveRotationHalfDone(string journal, string name, bool isMoved)
    {
        using SafeFileHandle file = File.OpenHandle(journal, access: FileAccess.ReadWrite);
        using JournalImage image = JournalImage.Read(journal, file);
        int number = image.Files.Single(logged => logged.Value.Path == name).Key;
        FileChanges changes = image.ChangesOf(number);
        string path = Path.Combine(Logs, name);
        if (changes.RotationsBegun != changes.RotationsEnded || new FileInfo(path) is not { Exists: true, Length: > 0 })
        {
            // The kill itself came in the middle of one, or just after it.
            return;
        }

        changes.RotationsBegun++;
        image.NoteChanges(number, changes);
        RotatedFiles.FinishRotation(path);
        if (!isMoved)
        {
            File.Move(RotatedFiles.NameOf(path, RotatedFiles.NumbersOf(path)[0]), path);
        }
    }

    private static void AssumeMounts(string mounts)
    {
        using var process = Process.Start(new ProcessStartInfo("unshare", ["-m", "/bin/sh", "-c", mounts]) { RedirectStandardError = true })!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.SkipUnless(process.ExitCode == 0, $"This user may not mount: {errors}");
    }

    private static void Run(string command, params string[] arguments)
    {
        using var process = Process.Start(command, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
