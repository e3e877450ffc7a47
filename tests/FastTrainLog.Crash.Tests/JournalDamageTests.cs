using System.Diagnostics;
using System.Text;
using System.Text.Json;
using FastTrainLog.Backend;
using FastTrainLog.Frontend;
using FastTrainLog.Journals;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Crash.Tests;

/// <summary>A journal that is not what its process wrote: it gives what is whole, says what is not, and never brings the reader down.</summary>
public sealed class JournalDamageTests : IDisposable
{
    private const int Records = 20;

    private readonly string _directory = Directory.CreateTempSubdirectory("fasttrainlog-damage-").FullName;
    private readonly byte[] _journal;

    public JournalDamageTests()
    {
        // A process that fails fast before its backend had a chance leaves everything in the journal.
        using Child child = Child.Start("native-abort", _directory, 0, threads: 1, Records);
        Assert.True(child.Process.WaitForExit(TimeSpan.FromMinutes(1)));
        string path = Directory.GetFiles(Journal.FolderOf(_directory), Journal.PrefixOf(_directory) + "*.journal").Single();
        _journal = File.ReadAllBytes(path);
        File.Delete(path);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Every_byte_flipped_in_turn_gives_what_is_whole_and_never_throws_anything_unexpected()
    {
        int refused = 0;
        int reported = 0;
        foreach (int at in UsedBytes())
        {
            _journal[at] ^= 0xFF;
            try
            {
                (long records, IReadOnlyList<string> problems) = Read(_journal);
                Assert.InRange(records, 0, Records + 5);
                reported += problems.Count > 0 ? 1 : 0;
            }
            catch (InvalidDataException)
            {
                refused++;
            }

            _journal[at] ^= 0xFF;
        }

        Assert.True(refused > 50, $"{refused} flips were refused");
        Assert.True(reported > 500, $"{reported} flips were reported");
        Assert.Empty(Read(_journal).Problems);
    }

    [Fact]
    public void A_file_cut_off_anywhere_gives_what_is_whole_and_says_what_is_missing()
    {
        var layout = new JournalLayout(BitConverter.ToInt32(_journal, JournalLayout.PagesAt));
        int end = (int)layout.PagesStart + Page.HeaderSize + 4096;
        IEnumerable<int> lengths = Enumerable.Range(0, JournalLayout.HeaderBytes + 64)
            .Concat(Enumerable.Range((int)layout.DescriptionsAt, 4096))
            .Concat(Enumerable.Range((int)layout.PagesStart - 8, 4096))
            .Append(end);
        foreach (int length in lengths)
        {
            try
            {
                Assert.NotEmpty(Read(_journal.AsSpan(0, length).ToArray()).Problems);
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
        _journal[JournalLayout.VersionAt] = 77;
        string path = Path.Combine(Journal.FolderOf(_directory), Journal.PrefixOf(_directory) + "1-1.journal");
        File.WriteAllBytes(path, _journal);
        RecoveredJournal journal = Assert.Single(LogFiles.Recover(_directory));
        Assert.Contains("format 77", Assert.Single(journal.Problems), StringComparison.Ordinal);
        Assert.Equal(path + ".unreadable", journal.Path);
        Assert.True(File.Exists(journal.Path));
        Assert.Contains("format 77", File.ReadAllText(Path.Combine(_directory, "errors.log")), StringComparison.Ordinal);
        File.Delete(journal.Path);
    }

    [Fact]
    public void Descriptions_that_another_version_wrote_are_named_and_do_not_stop_the_start()
    {
        var layout = new JournalLayout(BitConverter.ToInt32(_journal, JournalLayout.PagesAt));
        // Cut short from inside, with a check sum that is right.
        int at = (int)layout.DescriptionsAt;
        int length = BitConverter.ToInt32(_journal, at);
        Span<byte> content = _journal.AsSpan(at + 8, length);
        content[5] = 200;
        BitConverter.TryWriteBytes(_journal.AsSpan(at + 4), JournalLayout.Check(content));
        string path = Path.Combine(Journal.FolderOf(_directory), Journal.PrefixOf(_directory) + "1-1.journal");
        File.WriteAllBytes(path, _journal);
        RecoveredJournal journal = Assert.Single(LogFiles.Recover(_directory));
        Assert.Contains(journal.Problems, problem => problem.Contains("another version", StringComparison.Ordinal));
    }

    [Fact]
    public void A_recovery_says_in_the_log_how_many_records_it_brought_back()
    {
        string path = Path.Combine(Journal.FolderOf(_directory), Journal.PrefixOf(_directory) + "1-1.journal");
        File.WriteAllBytes(path, _journal);
        long records = Assert.Single(LogFiles.Recover(_directory)).Records;
        Assert.Contains($"Recovered {records} records of process", File.ReadAllText(Path.Combine(_directory, "system.log")), StringComparison.Ordinal);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void A_recovery_killed_after_a_half_done_rotation_is_done_again_in_the_same_way()
    {
        // The process died between moving main.log away and noting that it had.
        var layout = new JournalLayout(BitConverter.ToInt32(_journal, JournalLayout.PagesAt));
        BitConverter.TryWriteBytes(_journal.AsSpan((int)layout.FileChangesAt), 1U);
        string log = Path.Combine(_directory, "main.log");
        File.Move(log, log + ".1");
        string path = Path.Combine(_directory, "journal");
        File.WriteAllBytes(path, _journal);
        CutBack();
        // The first recovery made the file again and was killed in the middle of a line.
        File.WriteAllText(log, "half a li");
        CutBack();
        Assert.False(File.Exists(log));

        void CutBack()
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
            using JournalImage image = JournalImage.Read(path, stream);
            image.CutFilesBack(stream);
            Assert.Empty(image.Problems);
        }
    }

    [Fact]
    public void A_rotation_killed_between_two_of_its_moves_is_finished()
    {
        // Twice rotated since the checkpoint, killed in the third: main.log.1 has moved to .2 already, main.log has not moved yet.
        var layout = new JournalLayout(BitConverter.ToInt32(_journal, JournalLayout.PagesAt));
        BitConverter.TryWriteBytes(_journal.AsSpan((int)layout.FileChangesAt), 3U);
        BitConverter.TryWriteBytes(_journal.AsSpan((int)layout.FileChangesAt + sizeof(uint)), 2U);
        string log = Path.Combine(_directory, "main.log");
        long checkpointed = new FileInfo(log).Length;
        File.Move(log, log + ".3");
        File.AppendAllText(log + ".3", "behind the checkpoint\n");
        File.WriteAllText(log + ".2", "younger\n");
        File.WriteAllText(log, "youngest\n");
        string path = Path.Combine(_directory, "journal");
        File.WriteAllBytes(path, _journal);
        for (int recovery = 0; recovery < 2; recovery++)
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
            using JournalImage image = JournalImage.Read(path, stream);
            image.CutFilesBack(stream);
            Assert.Empty(image.Problems);
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
        var layout = new JournalLayout(BitConverter.ToInt32(_journal, JournalLayout.PagesAt));
        BitConverter.TryWriteBytes(_journal.AsSpan((int)layout.FileChangesAt), rotations);
        BitConverter.TryWriteBytes(_journal.AsSpan((int)layout.FileChangesAt + 4), rotations);
        BitConverter.TryWriteBytes(_journal.AsSpan((int)layout.FileChangesAt + 8), 1U);
        BitConverter.TryWriteBytes(_journal.AsSpan((int)layout.FileChangesAt + 16), 8L);
        string log = Path.Combine(_directory, "main.log");
        string kept = rotations == 0 ? log : $"{log}.{rotations}";
        File.WriteAllText(log, "younger\n");
        File.WriteAllText(log + ".1", "younger\n");
        File.WriteAllText(kept, "another\nbehind the checkpoint\n");
        File.WriteAllText($"{log}.{rotations + 1}", "older, and longer than any checkpoint says\n");
        string path = Path.Combine(_directory, "journal");
        File.WriteAllBytes(path, _journal);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        using JournalImage image = JournalImage.Read(path, stream);
        image.CutFilesBack(stream);
        Assert.Empty(image.Problems);
        Assert.Equal([kept, $"{log}.{rotations + 1}"], Directory.GetFiles(_directory, "main.log*").Order());
        Assert.Equal("another\n", File.ReadAllText(kept));
        Assert.StartsWith("older", File.ReadAllText($"{log}.{rotations + 1}"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_journal_has_a_checkpoint_before_anything_is_written()
    {
        string copy = Path.Combine(_directory, "copy");
        using (TrainLogging logging = TrainLogging.Create(o => (o.LogDirectory, o.EnableConsoleLogging, o.FlushInterval) = (_directory, false, TimeSpan.FromMinutes(1))))
        {
            // The backend sleeps by now, but for its first cycle; that too comes after the first checkpoint.
            string path = Directory.GetFiles(Journal.FolderOf(_directory), Journal.PrefixOf(_directory) + "*.journal").Single();
            using Process copying = Process.Start("cp", [path, copy]);
            copying.WaitForExit();
        }

        using FileStream stream = File.OpenRead(copy);
        using JournalImage image = JournalImage.Read(copy, stream);
        Assert.Equal(9, image.CheckpointedFiles);
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
            string path = Directory.GetFiles(Journal.FolderOf(_directory), Journal.PrefixOf(_directory) + "*.journal").Single();
            using Process copying = Process.Start("cp", [path, copy]);
            copying.WaitForExit();
        }

        using FileStream stream = File.OpenRead(copy);
        using JournalImage image = JournalImage.Read(copy, stream);
        var decoder = new RecordDecoder(TimeZoneInfo.Utc);
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
        Assert.Contains("check sum", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_journal_is_found_by_its_directory_with_a_slash_at_its_end_too()
    {
        string path = Path.Combine(Journal.FolderOf(_directory), Journal.PrefixOf(_directory) + "1-1.journal");
        File.WriteAllBytes(path, _journal);
        PendingJournal pending = Assert.Single(JournalRecovery.FindPending(_directory + "/"));
        Assert.Equal(_journal, File.ReadAllBytes(path));
        Assert.Equal(pending.Records, Assert.Single(LogFiles.Recover(_directory + "/")).Records);
        Assert.False(File.Exists(path));
    }

    private static (long Records, IReadOnlyList<string> Problems) Read(byte[] bytes)
    {
        using JournalImage image = JournalImage.Read("the journal", new MemoryStream(bytes));
        var decoder = new RecordDecoder(TimeZoneInfo.Utc);
        long records = image.Replay(decoder, () =>
        {
            Debug.Assert(decoder.TextLine.Length > 0 && decoder.JsonLine.Length > 0, "Both formats were written.");
        });
        return (records, image.Problems);
    }

    /// <summary>The bytes that mean something: the header, the checkpoints, the rotations, the descriptions, and the pages up to their last record.</summary>
    private IEnumerable<int> UsedBytes()
    {
        var layout = new JournalLayout(BitConverter.ToInt32(_journal, JournalLayout.PagesAt));
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
