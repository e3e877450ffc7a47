using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using FastTrainLog.Files;
using FastTrainLog.Journals;
using FastTrainLog.Platform;
using FastTrainLog.Recovery;
using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Crash.Tests;

/// <summary>What somebody puts where journals are: no start fails or hangs for it, no file outside the log directory is touched, and it is told.</summary>
public sealed class JournalTrustTests : IDisposable
{
    private const int Records = 50;
    private const uint Nobody = 65534;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    private readonly string _directory = Directory.CreateTempSubdirectory("fasttrainlog-trust-").FullName;

    public JournalTrustTests() =>
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere journals lie in the log directory alone, and other users' files are not told apart.");

    public void Dispose()
    {
        Array.ForEach(LogFiles.Journals(_directory), File.Delete);
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void A_journal_is_closed_to_other_users_and_its_name_cannot_be_foretold()
    {
        string first = JournalOfALog();
        string second = JournalOfALog();
        Assert.NotEqual(first, second);

        string JournalOfALog()
        {
            using TrainLogging logging = Start();
            string journal = Assert.Single(LogFiles.Journals(_directory));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(journal));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(journal)!));
            return journal;
        }
    }

    [Theory]
    [InlineData("fifo", "is not a file")]
    [InlineData("dangling link", "is not a file")]
    [InlineData("link", "is not a file")]
    [InlineData("directory", "is not a file")]
    [InlineData("sparse", "more than a journal can have")]
    [InlineData("readable", "may be read or written by other users")]
    [InlineData("linked twice", "has 2 names")]
    [InlineData("negative pages", "a header that no log writes")]
    [InlineData("zeros of a size", null)]
    [InlineData("empty", null)]
    public void What_is_no_journal_of_ours_is_told_and_stops_nothing(string kind, string? problem)
    {
        Start().Dispose();
        using OpenDirectory opened = OpenDirectory.Open(_directory);
        using JournalFolders folders = JournalFolders.Open(_directory, mayMake: true);
        string planted = folders.Folders[0].PathOf(JournalName.Next(Sinks.LogDirectoryMark.TryRead(opened)!.Value));
        string victim = Path.Combine(_directory, "victim");
        File.WriteAllText(victim, "untouched");
        string other = Path.Combine(Path.GetDirectoryName(planted)!, $"fasttrainlog-test-{Guid.NewGuid():N}");
        switch (kind)
        {
            case "fifo":
                Run("mkfifo", "-m", "600", planted);
                break;
            case "dangling link":
                File.CreateSymbolicLink(planted, other);
                break;
            case "link":
                File.CreateSymbolicLink(planted, victim);
                break;
            case "directory":
                Directory.CreateDirectory(planted);
                break;
            case "sparse":
                Run("truncate", "-s", "1T", planted);
                Run("chmod", "600", planted);
                break;
            case "readable":
                File.WriteAllBytes(planted, Crafted(4, "main.log"));
                Run("chmod", "644", planted);
                break;
            case "linked twice":
                LogFiles.WritePrivate(planted, Crafted(4, "main.log"));
                Run("ln", planted, other);
                break;
            case "negative pages":
                LogFiles.WritePrivate(planted, Crafted(-4, "main.log"));
                break;
            case "zeros of a size":
                LogFiles.WritePrivate(planted, new byte[1 << 20]);
                break;
            default:
                LogFiles.WritePrivate(planted, []);
                break;
        }

        try
        {
            IReadOnlyList<PendingJournal> pending = JournalRecovery.FindPending(_directory);
            using (TrainLogging logging = Start())
            {
                if (problem is null)
                {
                    Assert.Empty(pending);
                    Assert.Empty(logging.RecoveredJournals);
                    Assert.False(File.Exists(planted));
                    return;
                }

                Assert.Contains(problem, Assert.Single(Assert.Single(logging.RecoveredJournals).Problems), StringComparison.Ordinal);
                Assert.Contains(problem, Assert.Single(Assert.Single(pending).Problems), StringComparison.Ordinal);
            }

            Assert.Contains(problem, File.ReadAllText(Path.Combine(_directory, "errors.log")), StringComparison.Ordinal);
            Assert.Equal("untouched", File.ReadAllText(victim));
        }
        finally
        {
            Run("rm", "-rf", planted, other);
        }
    }

    [Theory]
    [InlineData("../victim")]
    [InlineData("/etc/passwd")]
    [InlineData("a/b")]
    [InlineData("..")]
    public void A_journal_that_names_a_file_outside_its_directory_touches_nothing(string name)
    {
        string logs = Path.Combine(_directory, "logs");
        File.WriteAllText(Path.Combine(_directory, "victim"), "untouched");
        using (TrainLogging logging = Start(logs))
        {
            string living = Assert.Single(LogFiles.Journals(logs));
            byte[] journal = CopyOf(living);
            string planted = Path.Combine(Path.GetDirectoryName(living)!, JournalName.Next(HeaderOf(journal).Directory));
            Rename(journal, "main.log", name);
            LogFiles.WritePrivate(planted, journal);
            using TrainLogging second = Start(logs);
            RecoveredJournal found = Assert.Single(second.RecoveredJournals);
            Assert.Contains("outside its directory", Assert.Single(found.Problems), StringComparison.Ordinal);
            Assert.EndsWith(JournalName.AsideExtension, found.Path, StringComparison.Ordinal);
            File.Delete(found.Path);
        }

        Assert.Equal("untouched", File.ReadAllText(Path.Combine(_directory, "victim")));
    }

    [Fact]
    public void Another_users_journal_is_left_alone_and_nobody_waits_for_it()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root may make files of other users.");
        Start().Dispose();
        using OpenDirectory opened = OpenDirectory.Open(_directory);
        string planted = Path.Combine(_directory, JournalName.Next(Sinks.LogDirectoryMark.TryRead(opened)!.Value));
        LogFiles.WritePrivate(planted, Crafted(4, "main.log"));
        Run("chown", $"{Nobody}", planted);
        Assert.Empty(JournalRecovery.FindPending(_directory));
        using TrainLogging logging = Start();
        Assert.Empty(logging.RecoveredJournals);
        Assert.True(File.Exists(planted));
    }

    [Fact]
    public void Where_another_user_has_taken_the_folder_in_memory_the_journal_lies_in_the_log_directory()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root may act as two users.");
        uint victim = (uint)Random.Shared.Next(1_000_000, 2_000_000);
        string folder = $"/dev/shm/fasttrainlog-{victim}";
        Directory.CreateDirectory(folder);
        try
        {
            Run("chown", $"{Nobody}", folder);
            Run("chmod", "777", folder);
            Run("chown", $"{victim}", _directory);
            using (Child child = Child.Start("fail-fast", _directory, 0, threads: 1, Records, flushInterval: TimeSpan.FromMinutes(1), user: victim))
            {
                Assert.True(child.Process.WaitForExit(Longest));
                Assert.Equal(Records, child.Returned()[0]);
            }

            Assert.Empty(Directory.GetFileSystemEntries(folder));
            string journal = Assert.Single(Directory.GetFiles(_directory, "*" + JournalName.Extension));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(journal));
            // Root looks at its own alone.
            Assert.Empty(JournalRecovery.FindPending(_directory));
            using (Child child = Child.Start("return", _directory, 1, threads: 0, 0, user: victim))
            {
                Assert.True(child.Process.WaitForExit(Longest));
            }

            Assert.Equal(Records, LogFiles.ReadText(_directory)[(0, 0)].Count);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_process_whose_journal_is_cut_short_goes_on_and_says_so()
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "Elsewhere nothing keeps a process from the signal.");
        using Child child = Child.Start("forever", _directory, 0, threads: 2, long.MaxValue);
        Assert.True(Eventually.Is(() => child.Returned()[1] > 1000, Longest));
        Run("truncate", "-s", "0", Assert.Single(LogFiles.Journals(_directory)));
        long[] before = child.Returned();
        // Several times all pages of its journal: what was lost is over, and each of them was met.
        Assert.True(Eventually.Is(() => child.Process.HasExited || child.Returned()[..2].Zip(before).All(pair => pair.First > pair.Second + 40_000), Longest));
        Assert.False(child.Process.HasExited);
        Assert.True(Eventually.Is(() => Errors().Contains("truncated it", StringComparison.Ordinal), Longest));
        long after = child.Returned()[0];
        Assert.True(Eventually.Is(() => child.Returned()[0] > after + 40_000, Longest));
        child.Process.Kill();
        child.Process.WaitForExit();
        Assert.True(LogFiles.ReadText(_directory, cutLines: 1)[(0, 0)][^1] > after);
    }

    [Fact]
    public void A_log_whose_journal_has_no_room_for_what_describes_further_loggers_says_so()
    {
        using TrainLogging logging = Start();
        for (int i = 0; i < 10_000; i++)
        {
            logging.GetLogger($"{i} {new string('x', 500)}");
        }

        Assert.True(SpinWait.SpinUntil(() => logging.Flush() && Errors().Contains("no space for the descriptions", StringComparison.Ordinal), Longest));
    }

    [Fact]
    public void A_process_whose_journal_is_deleted_says_so()
    {
        using Child child = Child.Start("forever", _directory, 0, threads: 1, long.MaxValue);
        Assert.True(Eventually.Is(() => child.Returned()[0] > 0, Longest));
        File.Delete(Assert.Single(LogFiles.Journals(_directory)));
        Assert.True(Eventually.Is(() => Errors().Contains("somebody deleted or moved it", StringComparison.Ordinal), Longest));
    }

    [Fact]
    public void No_change_of_a_journal_whose_check_sums_are_right_brings_its_reader_down()
    {
        byte[] journal;
        using (TrainLogging logging = Start())
        {
            TrainLogger logger = logging.GetLogger(LogCategories.Main);
            for (int i = 0; i < Records; i++)
            {
                Messages.Log(logger, i);
            }

            journal = CopyOf(Assert.Single(LogFiles.Journals(_directory)));
        }

        JournalLayout layout = HeaderOf(journal).Layout;
        string path = Path.Combine(_directory, "journal");
        LogFiles.WritePrivate(path, journal);
        using var file = File.OpenHandle(path, access: FileAccess.ReadWrite);
        var random = new Random(1);
        for (int i = 0; i < 1000; i++)
        {
            (int start, byte[] changed) = Mutate(journal, layout, random);
            RandomAccess.Write(file, changed, start);
            try
            {
                using JournalImage image = JournalImage.Read(path, file);
                Records.RecordDecoder decoder = Formatting.LineFormats.CreateDecoder(TimeZoneInfo.Utc);
                image.Replay(decoder, () => Assert.True(decoder.TextLine.Length + decoder.JsonLine.Length > 0));
            }
            catch (InvalidDataException)
            {
                // Refused by name.
            }

            RandomAccess.Write(file, journal.AsSpan(start, changed.Length), start);
        }
    }

    // A header, a checkpoint or a description with some bytes changed, sealed again as whoever crafts one would.
    private static (int Start, byte[] Changed) Mutate(byte[] journal, JournalLayout layout, Random random)
    {
        int start;
        int length;
        int pick = random.Next(3);
        if (pick == 0)
        {
            (start, length) = (0, JournalLayout.HeaderBytes);
        }
        else if (pick == 1)
        {
            (start, length) = ((int)layout.SlotAt(random.Next(2)), layout.SlotBytes);
        }
        else
        {
            start = (int)layout.DescriptionsAt;
            for (int skip = random.Next(150); skip > 0 && BitConverter.ToInt32(journal, start + Next(start)) > 0; skip--)
            {
                start += Next(start);
            }

            length = 8 + BitConverter.ToInt32(journal, start);
        }

        byte[] changed = journal.AsSpan(start, length).ToArray();
        for (int change = random.Next(1, 4); change > 0; change--)
        {
            int at = random.Next(pick == 2 ? 8 : 12, pick == 1 ? 4096 : length);
            if (random.Next(2) == 0)
            {
                changed[at] = (byte)random.Next(256);
            }
            else
            {
                int[] values = [-1, int.MinValue, int.MaxValue, 0, 1 << 20];
                BitConverter.TryWriteBytes(changed.AsSpan(Math.Min(at, length - 4)), values[random.Next(values.Length)]);
            }
        }

        switch (pick)
        {
            case 0:
                BitConverter.TryWriteBytes(changed.AsSpan(^4), Crc32C.Of(changed.AsSpan(0, changed.Length - 4)));
                break;
            case 1:
                long whole = 64 + (24L * BitConverter.ToInt32(changed, 32)) + (48L * BitConverter.ToInt32(changed, 36));
                Checkpoint.Seal(changed.AsSpan(0, (int)Math.Clamp(whole, 64, length)));
                break;
            default:
                BitConverter.TryWriteBytes(changed.AsSpan(4), Crc32C.Of(changed.AsSpan(8)));
                break;
        }

        return (start, changed);

        int Next(int at) => (8 + BitConverter.ToInt32(journal, at) + 7) & ~7;
    }

    private static JournalHeader HeaderOf(byte[] journal) => JournalHeader.Read(journal.AsSpan(0, JournalLayout.HeaderBytes), "journal", out _);

    // A journal of this directory with a header that is whole, and nothing behind it.
    private byte[] Crafted(int pages, string file)
    {
        using OpenDirectory opened = OpenDirectory.Open(_directory);
        var header = new JournalHeader(
            new JournalLayout(pages, 1), 1, Guid.NewGuid(), Sinks.LogDirectoryMark.TryRead(opened)!.Value, opened.Status.Identity, _directory, 1, false, false, false, Machine.This);
        return [.. header.ToBytes(new Platform.TickConverter()), .. Encoding.UTF8.GetBytes(file)];
    }

    private static void Rename(byte[] journal, string from, string to)
    {
        JournalLayout layout = HeaderOf(journal).Layout;
        for (int at = (int)layout.DescriptionsAt; BitConverter.ToInt32(journal, at) is > 0 and var length; at += (8 + length + 7) & ~7)
        {
            if (journal[at + 8] != (byte)DescriptionKind.File)
            {
                continue;
            }

            using var content = new MemoryStream();
            using (var writer = new BinaryWriter(content))
            {
                using var reader = new BinaryReader(new MemoryStream(journal, at + 8, length));
                writer.Write(reader.ReadByte());
                writer.Write(reader.ReadInt32());
                string path = reader.ReadString();
                writer.Write(path == from ? to : path);
                // The second name is as long as is needed for the description to keep its length.
                string name = reader.ReadString();
                writer.Write(path == from ? new string('x', Math.Max(0, name.Length + from.Length - to.Length)) : name);
                writer.Write(reader.ReadBytes(length));
            }

            byte[] bytes = content.ToArray();
            if (bytes.Length == length)
            {
                bytes.CopyTo(journal, at + 8);
                BitConverter.TryWriteBytes(journal.AsSpan(at + 4), Crc32C.Of(bytes));
            }
        }
    }

    // .NET does not open what is locked.
    private byte[] CopyOf(string journal)
    {
        string copy = Path.Combine(_directory, "copy");
        Run("cp", journal, copy);
        return File.ReadAllBytes(copy);
    }

    private static void Run(string command, params string[] arguments)
    {
        using var process = Process.Start(command, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private string Errors()
    {
        string path = Path.Combine(_directory, "errors.log");
        return File.Exists(path) ? File.ReadAllText(path) : string.Empty;
    }

    private TrainLogging Start(string? directory = null) =>
        TrainLogging.Create(o => (o.LogDirectory, o.EnableConsoleLogging, o.ResourceInterval, o.FlushInterval) = (directory ?? _directory, false, TimeSpan.Zero, TimeSpan.FromMinutes(1)));

    private static class Messages
    {
        public static void Log(TrainLogger logger, int number) => logger.Log(Microsoft.Extensions.Logging.LogLevel.Information, default, (number, "text"), null, static (state, _) => $"{state}");
    }
}
