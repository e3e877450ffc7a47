using System.Globalization;
using FastTrainLog.Files;
using FastTrainLog.Formatting;
using FastTrainLog.Journals;
using FastTrainLog.Records;
using FastTrainLog.Sinks;

namespace FastTrainLog.Recovery;

/// <summary>Finds the journals that killed processes left for a log directory, and writes their records to the intended files, exactly once.</summary>
/// <remarks>
/// The files are first restored to a known state (<see cref="FileRestoration"/>). A recovery that is killed itself is repeated by the next start. One process of a user
/// at a time recovers a directory. A damaged journal never prevents a log from starting: the damage is reported.
/// </remarks>
internal sealed class JournalRecovery : IDisposable
{
    private const string TurnFile = ".fasttrainlog.recovery";
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly OpenDirectory _directory;
    private readonly LockedFile? _turn;

    private JournalRecovery(OpenDirectory directory, LockedFile? turn)
    {
        _directory = directory;
        _turn = turn;
    }

    /// <summary>Gets the directory's number; null if it has none and none could be written.</summary>
    public Guid? Mark { get; private set; }

    /// <summary>Waits for this process's turn in a log directory, which is created if it is missing.</summary>
    /// <exception cref="IOException">The directory cannot be made or opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory may not be made or opened.</exception>
    public static JournalRecovery Begin(string logDirectory)
    {
        Directory.CreateDirectory(logDirectory);
        OpenDirectory directory = OpenDirectory.Open(logDirectory);
        try
        {
            var recovery = new JournalRecovery(directory, TakeTurn(directory));
            recovery.Mark = recovery._turn is null ? LogDirectoryMark.TryRead(directory) : ReadOrMakeMark(directory);
            return recovery;
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Reads the journals that killed processes left for a log directory, without changing them or the log files.</summary>
    public static IReadOnlyList<PendingJournal> FindPending(string logDirectory)
    {
        using OpenDirectory directory = OpenDirectory.Open(logDirectory);
        if (LogDirectoryMark.TryRead(directory) is not { } mark)
        {
            return [];
        }

        // A start in the directory waits for its turn; it would skip a journal that it finds locked.
        using LockedFile? turn = directory.StatusOf(TurnName) is null ? null : TakeTurn(directory);
        using JournalFolders folders = JournalFolders.Open(logDirectory, mayMake: false);
        var pending = new List<PendingJournal>();
        foreach (FoundJournal journal in Find(folders, JournalName.PrefixOf(mark)))
        {
            using (journal)
            {
                if (!journal.WasNeverBegun && journal.IsOf(directory, mark))
                {
                    pending.Add(PendingOf(journal));
                }
            }
        }

        return pending;
    }

    /// <summary>Reads the journals that killed processes left for log directories that no longer exist, so that no start recovers them.</summary>
    public static IReadOnlyList<PendingJournal> FindAbandoned()
    {
        using JournalFolders folders = JournalFolders.Open(null, mayMake: false);
        var abandoned = new List<PendingJournal>();
        foreach (OpenDirectory folder in folders.Folders)
        {
            foreach (string name in folder.Names(JournalName.AnyPrefix, JournalName.Extension).Where(name => FoundJournal.Peek(folder, name) is { } header && !IsThere(header)))
            {
                using FoundJournal? journal = FoundJournal.TryOpen(folder, name);
                if (journal is { Image: not null })
                {
                    abandoned.Add(PendingOf(journal));
                }
            }
        }

        return abandoned;
    }

    /// <summary>Returns the journals of a log directory that could not be recovered and were set aside.</summary>
    public static IReadOnlyList<string> FindSetAside(string logDirectory)
    {
        using OpenDirectory directory = OpenDirectory.Open(logDirectory);
        using JournalFolders folders = JournalFolders.Open(logDirectory, mayMake: false);
        return LogDirectoryMark.TryRead(directory) is { } mark
            ? [.. folders.Folders.SelectMany(folder => folder.Names(JournalName.PrefixOf(mark), JournalName.AsideExtension).Select(folder.PathOf))]
            : [];
    }

    /// <summary>Writes the records to the intended files, and deletes the journals.</summary>
    /// <param name="sinks">The custom sinks that write files; records intended for their files go there.</param>
    /// <param name="filters">The user's filters of files, by the files' names.</param>
    /// <param name="mode">The permissions of files that are missing; null for the usual ones.</param>
    /// <param name="notes">Receives every record, in addition to the files.</param>
    /// <returns>The result for each journal.</returns>
    public List<RecoveredJournal> Recover(IReadOnlyList<SinkRegistration> sinks, IReadOnlyDictionary<string, RecordFilter> filters, UnixFileMode? mode, ILogSink notes)
    {
        var recovered = new List<RecoveredJournal>();
        if (_turn is null)
        {
            recovered.Add(new RecoveredJournal(
                _directory.PathOf(TurnName), 0, 0, ["another process has been recovering this directory for half a minute; what killed processes left is written by the next start"]));
            return recovered;
        }

        if (Mark is not { } mark)
        {
            return recovered;
        }

        using JournalFolders folders = JournalFolders.Open(_directory.Path, mayMake: false);
        // The log that wrote the files last comes first: what follows its last write is then not from another log.
        foreach (FoundJournal journal in Find(folders, JournalName.PrefixOf(mark)).OrderByDescending(HadNamesLast))
        {
            using (journal)
            {
                if (!journal.IsOf(_directory, mark))
                {
                    continue;
                }

                if (Recover(journal, sinks, filters, mode, notes) is { } result)
                {
                    recovered.Add(result);
                }
            }
        }

        return recovered;
    }

    private bool HadNamesLast(FoundJournal journal)
    {
        if (journal.Image is not { Header: { Number: > 0 } header })
        {
            return false;
        }

        using LogDirectoryClaim? claim = LogDirectoryClaim.TryTake(_directory.Path, header.Number);
        return claim?.Note.Log == header.Log;
    }

    public void Dispose()
    {
        _turn?.Dispose();
        _directory.Dispose();
    }

    // One for each user: users recover different journals, and must not block each other.
    private static string TurnName => OperatingSystem.IsLinux() ? string.Create(CultureInfo.InvariantCulture, $"{TurnFile}.{FileSystem.User}") : TurnFile;

    private static IEnumerable<FoundJournal> Find(JournalFolders folders, string prefix) =>
        folders.Folders.SelectMany(folder => folder.Names(prefix, JournalName.Extension).Select(name => FoundJournal.TryOpen(folder, name))).OfType<FoundJournal>();

    private static PendingJournal PendingOf(FoundJournal journal)
    {
        if (journal.Image is not { } image)
        {
            return new PendingJournal(journal.Path, string.Empty, 0, journal.Length, 0, [journal.Problem!]);
        }

        try
        {
            long records = image.Replay(LineFormats.CreateDecoder(TimeZoneInfo.Utc), static () => { });
            return new PendingJournal(journal.Path, image.Header.Path, image.Header.ProcessId, journal.Length, records, image.Problems) { Files = [.. image.Files.Values.Select(file => file.Name)] };
        }
        catch (IOException exception)
        {
            return new PendingJournal(journal.Path, image.Header.Path, 0, journal.Length, 0, [exception.Message]);
        }
    }

    private static Guid? ReadOrMakeMark(OpenDirectory directory)
    {
        try
        {
            return LogDirectoryMark.ReadOrMake(directory);
        }
        catch (IOException)
        {
            // No space even for an empty file: the log continues without a journal, and reports it.
            return null;
        }
    }

    private static bool IsThere(JournalHeader header)
    {
        try
        {
            using OpenDirectory directory = OpenDirectory.Open(header.Path);
            return LogDirectoryMark.TryRead(directory) == header.Directory;
        }
        catch (UnauthorizedAccessException)
        {
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static LockedFile? TakeTurn(OpenDirectory directory)
    {
        long deadline = Environment.TickCount64 + (long)LongestWait.TotalMilliseconds;
        while (true)
        {
            try
            {
                if (directory.TryOpenOrCreateLocked(TurnName) is { } turn)
                {
                    return turn;
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException && directory.StatusOf(TurnName) is not null)
            {
                // No file, or another user's.
                return null;
            }

            if (Environment.TickCount64 >= deadline)
            {
                return null;
            }

            // Another process recovers the same directory; it takes milliseconds.
            Thread.Sleep(10);
        }
    }

    private RecoveredJournal? Recover(FoundJournal journal, IReadOnlyList<SinkRegistration> sinks, IReadOnlyDictionary<string, RecordFilter> filters, UnixFileMode? mode, ILogSink notes)
    {
        if (journal.WasNeverBegun)
        {
            journal.Delete();
            return null;
        }

        if (journal.Image is not { } image)
        {
            return new RecoveredJournal(journal.Path, 0, 0, [journal.Problem!]);
        }

        try
        {
            using var files = new MeantFiles(_directory, image, sinks, filters, mode);
            if (files.Refusal is { } refusal)
            {
                if (files.MayBecomePossible)
                {
                    return new RecoveredJournal(journal.Path, image.Header.ProcessId, 0, [refusal]);
                }

                string refused = journal.SetAside();
                files.End();
                return new RecoveredJournal(refused, image.Header.ProcessId, 0, [refusal]);
            }

            var style = new LineStyle(image.Header.HasSymbols, image.Header.HasTemplates ? JsonMessageForm.Template : JsonMessageForm.Text);
            RecordDecoder decoder = LineFormats.CreateDecoder(TimeZoneInfo.Local, style);
            if (files.MustSearch)
            {
                image.Replay(decoder, () => files.AddSought(new LogRecord(decoder)));
                files.Search();
            }

            long records = 0;
            image.Replay(decoder, () =>
            {
                var record = new LogRecord(decoder);
                records += files.Write(record) ? 1 : 0;
                notes.Write(record);
            });
            files.Finish();
            notes.Flush();
            KilledRun[] runs = [.. image.KilledRuns()];
            string[] problems = [.. image.Problems, .. files.Problems];
            if (files.AreAllPlaced)
            {
                journal.Delete();
                files.End();
                return new RecoveredJournal(journal.Path, image.Header.ProcessId, records, problems) { Runs = runs };
            }

            string aside = journal.SetAside();
            files.End();
            return new RecoveredJournal(aside, image.Header.ProcessId, records, problems) { Runs = runs };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            // For example on a full disk. The journal stays; the next recovery finds what is in the files by then.
            return new RecoveredJournal(journal.Path, image.Header.ProcessId, 0, [$"its records could not be written to the log files; they are kept, and the next start retries: {exception.Message}"]) { Kept = image.Header };
        }
    }
}
