using FastTrainLog.Backend;
using FastTrainLog.Sinks;

namespace FastTrainLog.Journals;

/// <summary>Finds the journals that dead processes left for a log directory, and writes what they hold to the log files, exactly once.</summary>
/// <remarks>
/// The files are first cut back to what the last checkpoint vouches for. A recovery that is itself killed is simply done again: it
/// cuts back and writes the same once more. One process at a time recovers a directory.
/// </remarks>
internal sealed class JournalRecovery : IDisposable
{
    private const string TurnFile = ".fasttrainlog.recovery";

    private readonly FileStream _turn;
    private readonly List<(JournalImage Image, FileStream Lock)> _images = [];
    private readonly List<RecoveredJournal> _unreadable = [];

    private JournalRecovery(FileStream turn) => _turn = turn;

    /// <summary>Reads the journals of dead processes and cuts the log files back; the sinks must not be open yet.</summary>
    public static JournalRecovery Begin(string logDirectory)
    {
        Directory.CreateDirectory(logDirectory);
        var recovery = new JournalRecovery(TakeTurn(Path.Combine(logDirectory, TurnFile)));
        try
        {
            foreach (string path in Directory.EnumerateFiles(Journal.FolderOf(logDirectory), Journal.PrefixOf(logDirectory) + "*.journal"))
            {
                recovery.Open(path);
            }

            foreach ((JournalImage image, FileStream locked) in recovery._images)
            {
                image.CutFilesBack(locked);
            }

            return recovery;
        }
        catch
        {
            recovery.Dispose();
            throw;
        }
    }

    /// <summary>Reads the journals that dead processes left for a log directory, and leaves them and the log files as they are.</summary>
    public static IReadOnlyList<PendingJournal> FindPending(string logDirectory)
    {
        // A start in the directory waits for its turn; a journal that it found locked it would pass over.
        using FileStream? turn = TryTakeTurn(logDirectory);
        return [.. Directory.EnumerateFiles(Journal.FolderOf(logDirectory), Journal.PrefixOf(logDirectory) + "*.journal").Select(TryRead).OfType<PendingJournal>()];
    }

    /// <summary>Reads the journals that dead processes left for log directories that are gone, so that no start recovers them.</summary>
    /// <param name="folder">The folder that journals live in.</param>
    public static IReadOnlyList<PendingJournal> FindAbandoned(string folder) =>
        [.. Directory.EnumerateFiles(folder, Journal.AnyPrefix + "*.journal")
            .Where(path => JournalImage.TryReadDirectory(path) is { } directory && !Directory.Exists(directory))
            .Select(TryRead).OfType<PendingJournal>()];

    /// <summary>Writes the records to the sinks and deletes the journals.</summary>
    public List<RecoveredJournal> Finish(IReadOnlyList<SinkRoute> routes, bool symbols)
    {
        List<RecoveredJournal> recovered = [.. _unreadable];
        // The console showed its part while the process lived; other sinks are not ours to repeat to.
        SinkRoute[] toFiles = [.. routes.Where(route => route.Sink is RollingFileSink)];
        RollingFile[] files = [.. toFiles.Select(route => ((RollingFileSink)route.Sink).File)];
        var decoder = new RecordDecoder(TimeZoneInfo.Local, symbols);
        foreach ((JournalImage image, FileStream locked) in _images)
        {
            // No rotation in between: if this is killed too, the next recovery finds the lengths it expects.
            Array.ForEach(files, file => file.MayRotate = false);
            var refused = new Dictionary<SinkRoute, (long Records, string First)>();
            long records;
            try
            {
                records = image.Replay(decoder, () => Write(new LogRecord(decoder), toFiles, refused));
                Array.ForEach(files, file => file.Flush());
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // To go on would be to write behind what the next recovery cuts off.
                throw new IOException(
                    $"The records of a killed process could not be written to the log files; they are kept in {image.Path}, and the next start tries again: {exception.Message}", exception);
            }

            Array.ForEach(files, file => file.MayRotate = true);
            IEnumerable<string> refusals = refused.Select(static r => $"{r.Value.Records} records could not be written by {r.Key.Name}; the first: {r.Value.First}");
            recovered.Add(new RecoveredJournal(image.Path, image.ProcessId, records, [.. image.Problems, .. refusals]));
            File.Delete(image.Path);
            locked.Dispose();
            image.Dispose();
        }

        _images.Clear();
        return recovered;
    }

    public void Dispose()
    {
        foreach ((JournalImage image, FileStream locked) in _images)
        {
            locked.Dispose();
            image.Dispose();
        }

        _turn.Dispose();
    }

    private static void Write(in LogRecord record, SinkRoute[] routes, Dictionary<SinkRoute, (long Records, string First)> refused)
    {
        foreach (SinkRoute route in routes)
        {
            try
            {
                route.WriteRecovered(record);
            }
            catch (Exception exception) when (exception is not (IOException or UnauthorizedAccessException))
            {
                refused[route] = refused.TryGetValue(route, out (long Records, string First) before) ? (before.Records + 1, before.First) : (1, exception.Message);
            }
        }
    }

    /// <summary>Reads a journal; null where its process lives, or somebody recovered it just now.</summary>
    private static PendingJournal? TryRead(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.None);
            using JournalImage image = JournalImage.Read(path, stream);
            long records = image.Replay(new RecordDecoder(TimeZoneInfo.Utc), () => { });
            return new PendingJournal(path, image.Directory, image.ProcessId, records, image.Files, image.Problems);
        }
        catch (Exception exception) when (exception is InvalidDataException or UnauthorizedAccessException)
        {
            return new PendingJournal(path, string.Empty, 0, 0, [], [exception.Message]);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static FileStream? TryTakeTurn(string logDirectory)
    {
        string path = Path.Combine(logDirectory, TurnFile);
        try
        {
            return File.Exists(path) ? TakeTurn(path) : null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static FileStream TakeTurn(string path)
    {
        long deadline = Environment.TickCount64 + 30_000;
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (Environment.TickCount64 < deadline && File.Exists(path))
            {
                // Another process recovers the same directory; it takes milliseconds.
                Thread.Sleep(10);
            }
        }
    }

    private void Open(string path)
    {
        FileStream stream;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            // Locked: its process lives.
            return;
        }

        try
        {
            _images.Add((JournalImage.Read(path, stream), stream));
        }
        catch (InvalidDataException exception)
        {
            stream.Dispose();
            string aside = path + ".unreadable";
            File.Move(path, aside, overwrite: true);
            _unreadable.Add(new RecoveredJournal(aside, 0, 0, [exception.Message]));
        }
    }
}
