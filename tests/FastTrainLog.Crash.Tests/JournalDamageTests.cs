using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using FastTrainLog.Files;
using FastTrainLog.Frontend;
using FastTrainLog.Formatting;
using FastTrainLog.Journals;
using FastTrainLog.Platform;
using FastTrainLog.Records;
using FastTrainLog.Recovery;
using FastTrainLog.Training;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace FastTrainLog.Crash.Tests;

/// <summary>A journal that is not what its process wrote: it gives what is whole, says what is not, and never brings the reader down.</summary>
public sealed class JournalDamageTests : IDisposable
{
    private const int Records = 20;

    private readonly string _directory = Directory.CreateTempSubdirectory("fasttrainlog-damage-").FullName;
    private readonly string _path;
    private readonly byte[] _journal;

    public JournalDamageTests()
    {
        // A process that fails fast before its backend had a chance leaves everything in the journal.
        using Child child = Child.Start("native-abort", _directory, 0, threads: 1, Records);
        Assert.True(child.Process.WaitForExit(TimeSpan.FromMinutes(1)));
        _path = LogFiles.Journals(_directory).Single();
        _journal = File.ReadAllBytes(_path);
        File.Delete(_path);
    }

    public void Dispose()
    {
        File.Delete(_path);
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void Every_byte_flipped_in_turn_gives_what_is_whole_and_never_throws_anything_unexpected()
    {
        int refused = 0;
        int reported = 0;
        LogFiles.WritePrivate(_path, _journal);
        using SafeFileHandle file = File.OpenHandle(_path, access: FileAccess.ReadWrite);
        foreach (int at in UsedBytes())
        {
            RandomAccess.Write(file, [(byte)~_journal[at]], at);
            try
            {
                (long records, IReadOnlyList<string> problems) = Read(file);
                Assert.InRange(records, 0, Records + 5);
                reported += problems.Count > 0 ? 1 : 0;
            }
            catch (InvalidDataException)
            {
                refused++;
            }

            RandomAccess.Write(file, [_journal[at]], at);
        }

        Assert.True(refused > 50, $"{refused} flips were refused");
        Assert.True(reported > 500, $"{reported} flips were reported");
        Assert.Empty(Read(_journal).Problems);
    }

    [Fact]
    public void A_file_cut_off_anywhere_gives_what_is_whole_and_says_what_is_missing()
    {
        JournalLayout layout = Layout;
        int end = (int)layout.PagesStart + Page.HeaderSize + 4096;
        IEnumerable<int> lengths = Enumerable.Range(0, JournalLayout.HeaderBytes + 64)
            .Concat(Enumerable.Range((int)layout.DescriptionsAt, 4096))
            .Concat(Enumerable.Range((int)layout.PagesStart - 8, 4096))
            .Append(end);
        LogFiles.WritePrivate(_path, _journal);
        using SafeFileHandle file = File.OpenHandle(_path, access: FileAccess.ReadWrite);
        foreach (int length in lengths.OrderDescending())
        {
            RandomAccess.SetLength(file, length);
            try
            {
                Assert.NotEmpty(Read(file).Problems);
            }
            catch (InvalidDataException exception)
            {
                Assert.True(length < JournalLayout.HeaderBytes, exception.Message);
            }
        }
    }

    [Fact]
    public void A_journal_of_another_format_version_is_refused_by_name_and_kept()
    {
        _journal[sizeof(ulong)] = 77;
        LogFiles.WritePrivate(_path, _journal);
        RecoveredJournal journal = Assert.Single(LogFiles.Recover(_directory));
        Assert.Contains("format 77", Assert.Single(journal.Problems), StringComparison.Ordinal);
        Assert.Equal(_path, journal.Path);
        Assert.True(File.Exists(journal.Path));
        Assert.Contains("format 77", File.ReadAllText(Path.Combine(_directory, "errors.log")), StringComparison.Ordinal);
    }

    [Fact]
    public void Descriptions_that_another_version_wrote_are_named_and_do_not_stop_the_start()
    {
        JournalLayout layout = Layout;
        // Cut short from inside, with a check sum that is right.
        int at = (int)layout.DescriptionsAt;
        int length = BitConverter.ToInt32(_journal, at);
        Span<byte> content = _journal.AsSpan(at + 8, length);
        content[5] = 200;
        BitConverter.TryWriteBytes(_journal.AsSpan(at + 4), Crc32C.Of(content));
        LogFiles.WritePrivate(_path, _journal);
        RecoveredJournal journal = Assert.Single(LogFiles.Recover(_directory));
        Assert.Contains(journal.Problems, problem => problem.Contains("another version", StringComparison.Ordinal));
    }

    [Fact]
    public void A_recovery_says_in_the_log_how_many_records_it_brought_back()
    {
        LogFiles.WritePrivate(_path, _journal);
        long records = Assert.Single(LogFiles.Recover(_directory)).Records;
        Assert.Contains($"Recovered {records} records of process", File.ReadAllText(Path.Combine(_directory, "system.log")), StringComparison.Ordinal);
        Assert.False(File.Exists(_path));
    }

    [Fact]
    public void A_recovery_killed_after_a_half_done_rotation_is_done_again_in_the_same_way()
    {
        // The process died between moving main.log away and noting that it had.
        Change(0, (ref FileChanges changes) => changes.RotationsBegun = 1);
        string log = Path.Combine(_directory, "main.log");
        File.Move(log, log + ".1");
        LogFiles.WritePrivate(_path, _journal);
        Restore();
        // The first recovery made the file again and was killed in the middle of a line.
        File.WriteAllText(log, "half a li");
        Restore();
        Assert.False(File.Exists(log));
    }

    [Fact]
    public void A_rotation_killed_between_two_of_its_moves_is_finished()
    {
        // Twice rotated since the checkpoint, killed in the third: main.log.1 has moved to .2 already, main.log has not moved yet.
        string log = Path.Combine(_directory, "main.log");
        long checkpointed = new FileInfo(log).Length;
        File.Move(log, log + ".3");
        File.AppendAllText(log + ".3", "behind the checkpoint\n");
        File.WriteAllText(log + ".2", "younger\n");
        File.WriteAllText(log, "youngest\n");
        FileIdentity youngest = IdentityOf(log);
        Change(0, (ref FileChanges changes) => (changes.RotationsBegun, changes.RotationsEnded, changes.Current, changes.WrittenTo) = (3, 2, youngest, 9));
        LogFiles.WritePrivate(_path, _journal);
        for (int recovery = 0; recovery < 2; recovery++)
        {
            Restore();
            Assert.Equal([log + ".3"], Directory.GetFiles(_directory, "main.log*"));
            Assert.Equal(checkpointed, new FileInfo(log + ".3").Length);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void A_file_that_came_into_the_place_of_the_checkpointed_one_is_cut_back_to_what_it_held_before(int rotations)
    {
        // Somebody moved main.log away after the checkpoint and put one of 8 bytes there; it was written, and rotated.
        string log = Path.Combine(_directory, "main.log");
        string kept = rotations == 0 ? log : $"{log}.{rotations}";
        File.Move(log, log + ".moved");
        File.WriteAllText(log, "younger\n");
        File.WriteAllText(log + ".1", "younger\n");
        File.WriteAllText(kept, "another\nbehind the checkpoint\n");
        File.WriteAllText($"{log}.{rotations + 1}", "older, and longer than any checkpoint says\n");
        (FileIdentity replacement, FileIdentity current) = (IdentityOf(kept), IdentityOf(log));
        Change(0, (ref FileChanges changes) => changes = new FileChanges
        {
            RotationsBegun = (uint)rotations, RotationsEnded = (uint)rotations, Replacements = 1, ReplacedAtLength = 8, Replacement = replacement, Current = current, WrittenTo = new FileInfo(log).Length,
        });
        LogFiles.WritePrivate(_path, _journal);
        Restore();
        Assert.Equal([kept, $"{log}.{rotations + 1}", log + ".moved"], Directory.GetFiles(_directory, "main.log*").Order());
        Assert.Equal("another\n", File.ReadAllText(kept));
        Assert.StartsWith("older", File.ReadAllText($"{log}.{rotations + 1}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("line that a kill cut off", true)]
    [InlineData("line that a kill cut off another program\n", false)]
    public void Behind_a_write_that_was_not_finished_only_what_no_line_ends_is_the_process_s_own(string end, bool isOwn)
    {
        string log = Path.Combine(_directory, "main.log");
        File.AppendAllText(log, end);
        Change(0, (ref FileChanges changes) => changes = changes with { WrittenTo = new FileInfo(log).Length + 1000 });
        LogFiles.WritePrivate(_path, _journal);
        using SafeFileHandle file = File.OpenHandle(_path, access: FileAccess.ReadWrite);
        using JournalImage image = JournalImage.Read(_path, file);
        using OpenDirectory directory = OpenDirectory.Open(_directory);
        Assert.Equal(isOwn, new FileRestoration(directory, image).Examine(0, "main.log", wasTakenOver: false).CutsBack);
    }

    [Fact]
    public void A_journal_has_a_checkpoint_before_anything_is_written()
    {
        string copy = Path.Combine(_directory, "copy");
        using (TrainLogging logging = TrainLogging.Create(o => (o.LogDirectory, o.EnableConsoleLogging, o.FlushInterval) = (_directory, false, TimeSpan.FromMinutes(1))))
        {
            // The backend sleeps by now, but for its first cycle; that too comes after the first checkpoint.
            string path = LogFiles.Journals(_directory).Single();
            using Process copying = Process.Start("cp", [path, copy]);
            copying.WaitForExit();
        }

        using SafeFileHandle file = File.OpenHandle(copy);
        using JournalImage image = JournalImage.Read(copy, file);
        Assert.Equal(9, image.Checkpoint!.Files.Count);
        Assert.Empty(image.Problems);
    }

    [Fact]
    public void A_recovered_record_names_its_run_and_the_step_that_the_last_checkpoint_knew()
    {
        string copy = Path.Combine(_directory, "copy");
        using (TrainLogging logging = TrainLogging.Create(o => (o.LogDirectory, o.EnableConsoleLogging, o.FlushInterval) = (_directory, false, TimeSpan.FromMinutes(1))))
        {
            using TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "model", RunId = "run-7" });
            run.LogStep(1, 41, 0.5, 0.1);
            Assert.True(logging.Flush());
            run.LogPerformance("behind the checkpoint", TimeSpan.Zero);
            string path = LogFiles.Journals(_directory).Single();
            using Process copying = Process.Start("cp", [path, copy]);
            copying.WaitForExit();
        }

        using SafeFileHandle file = File.OpenHandle(copy);
        using JournalImage image = JournalImage.Read(copy, file);
        var decoder = LineFormats.CreateDecoder(TimeZoneInfo.Utc);
        string? line = null;
        Assert.Equal(1, image.Replay(decoder, () => line = Encoding.UTF8.GetString(decoder.JsonLine)));
        JsonElement record = JsonDocument.Parse(line!).RootElement;
        Assert.Equal(("run-7", 41), (record.GetProperty("run").GetString(), record.GetProperty("step").GetInt64()));
    }

    [Fact]
    public void A_damaged_description_of_a_run_costs_no_record()
    {
        int at = _journal.AsSpan().IndexOf("run-0"u8);
        Assert.True(at > 0);
        _journal[at] ^= 0xFF;
        (long records, IReadOnlyList<string> problems) = Read(_journal);
        _journal[at] ^= 0xFF;
        Assert.Equal(Read(_journal).Records, records);
        Assert.Contains("checksum", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_journal_is_found_by_its_directory_with_a_slash_at_its_end_too()
    {
        LogFiles.WritePrivate(_path, _journal);
        PendingJournal pending = Assert.Single(JournalRecovery.FindPending(_directory + "/"));
        // Another process that looks for abandoned journals may just have locked it.
        using (var file = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
        {
            byte[] bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            Assert.Equal(_journal, bytes);
        }

        Assert.Equal(pending.Records, Assert.Single(LogFiles.Recover(_directory + "/")).Records);
        Assert.False(File.Exists(_path));
    }

    private delegate void ChangeOf(ref FileChanges changes);

    private JournalLayout Layout
    {
        get
        {
            JournalHeader header = JournalHeader.Read(_journal.AsSpan(0, JournalLayout.HeaderBytes), _path, out _);
            return header.Layout;
        }
    }

    private static FileIdentity IdentityOf(string path)
    {
        using SafeFileHandle file = File.OpenHandle(path);
        return FileSystem.StatusOf(file).Identity;
    }

    private void Change(int file, ChangeOf change) =>
        change(ref MemoryMarshal.AsRef<FileChanges>(_journal.AsSpan((int)Layout.ChangesAt(file), FileChanges.Bytes)));

    private void Restore()
    {
        using SafeFileHandle file = File.OpenHandle(_path, access: FileAccess.ReadWrite);
        using JournalImage image = JournalImage.Read(_path, file);
        using OpenDirectory directory = OpenDirectory.Open(_directory);
        var restoration = new FileRestoration(directory, image);
        foreach ((int number, LogFileDescription logged) in image.Files)
        {
            Assert.True(restoration.Examine(number, logged.Path, wasTakenOver: false).CutsBack);
            restoration.CutBack(number, logged.Path);
        }

        Assert.Empty(image.Problems);
    }

    private (long Records, IReadOnlyList<string> Problems) Read(byte[] bytes)
    {
        LogFiles.WritePrivate(_path, bytes);
        using SafeFileHandle file = File.OpenHandle(_path);
        return Read(file);
    }

    private static (long Records, IReadOnlyList<string> Problems) Read(SafeFileHandle file)
    {
        using JournalImage image = JournalImage.Read("the journal", file);
        var decoder = LineFormats.CreateDecoder(TimeZoneInfo.Utc);
        long records = image.Replay(decoder, () =>
        {
            Debug.Assert(decoder.TextLine.Length > 0 && decoder.JsonLine.Length > 0, "Both formats were written.");
        });
        return (records, image.Problems);
    }

    /// <summary>The bytes that mean something: the header, the checkpoints, the rotations, the descriptions, and the pages up to their last record.</summary>
    private IEnumerable<int> UsedBytes()
    {
        JournalLayout layout = Layout;
        for (int at = 0; at < layout.PagesStart + (2 * Page.Size); at++)
        {
            bool isPadding = _journal[at] == 0 && (at < 8 || at + 8 >= _journal.Length || _journal.AsSpan(at - 8, 16).IndexOfAnyExcept((byte)0) < 0);
            if (!isPadding)
            {
                yield return at;
            }
        }
    }
}
