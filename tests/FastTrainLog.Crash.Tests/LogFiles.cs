using System.Text.Json;
using System.Text.RegularExpressions;
using FastTrainLog.Files;
using FastTrainLog.Journals;
using FastTrainLog.Sinks;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace FastTrainLog.Crash.Tests;

/// <summary>Reads back what a directory's log files hold, and checks it against what was logged.</summary>
internal static partial class LogFiles
{
    /// <summary>The number of a record that is like others.</summary>
    private const long Repeated = -1;

    /// <summary>Opens and closes a log in the directory, which recovers what dead processes left.</summary>
    public static IReadOnlyList<RecoveredJournal> Recover(string directory)
    {
        using TrainLogging logging = TrainLogging.Create(o => (o.LogDirectory, o.EnableConsoleLogging, o.BackupCount, o.CompressBackups) = (directory, false, 10_000, false));
        return logging.RecoveredJournals;
    }

    /// <summary>Returns the journals of a directory, of living and of dead processes.</summary>
    public static string[] Journals(string directory)
    {
        using OpenDirectory opened = OpenDirectory.Open(directory);
        using JournalFolders folders = JournalFolders.Open(directory, mayMake: false);
        return LogDirectoryMark.TryRead(opened) is { } mark
            ? [.. folders.Folders.SelectMany(folder => folder.Names(JournalName.PrefixOf(mark), JournalName.Extension).Select(folder.PathOf))]
            : [];
    }

    /// <summary>Opens the journal of a process that may be running: without a lock, which would be refused.</summary>
    public static SafeFileHandle OpenJournal(string path)
    {
        using OpenDirectory folder = OpenDirectory.Open(Path.GetDirectoryName(path)!);
        return folder.OpenFile(Path.GetFileName(path), FileAccess.Read);
    }

    /// <summary>Writes a file that its owner alone may read.</summary>
    public static void WritePrivate(string path, byte[] content)
    {
        using var stream = new FileStream(
            path, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OperatingSystem.IsWindows() ? null : UnixFileMode.UserRead | UnixFileMode.UserWrite });
        stream.Write(content);
    }

    /// <summary>Asserts that every record whose call had returned is in the JSON lines and in the text exactly once, in order per thread, and says where it belongs.</summary>
    /// <param name="directory">The log directory.</param>
    /// <param name="sessions">What the calls of each session's threads had returned.</param>
    /// <param name="cutLines">How many lines of a file may be cut short: each by a kill in the middle of a write, where another log wrote to the file before its recovery.</param>
    public static void AssertComplete(string directory, IEnumerable<(int Session, long[] Returned)> sessions, int cutLines = 0) =>
        AssertComplete(directory, sessions.Select(session => (session.Session, session.Returned, new long[session.Returned.Length])), cutLines);

    /// <summary>Asserts the same of sessions of whose calls some were dropped: all others are there.</summary>
    public static void AssertComplete(string directory, IEnumerable<(int Session, long[] Returned, long[] Dropped)> sessions, int cutLines)
    {
        AssertComplete("run.jsonl", ReadJson(directory, cutLines), sessions);
        AssertComplete("training_progress.log", ReadText(directory, cutLines), sessions);
    }

    /// <summary>Returns the lines of a file, compressed or not.</summary>
    public static IEnumerable<string> ReadLines(string file)
    {
        using var reader = new StreamReader(BackupEncoding.Decompress(File.OpenRead(file), file));
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    /// <summary>Returns the numbers of each thread's records, by the lines of text.</summary>
    public static Dictionary<(int Session, int Thread), List<long>> ReadText(string directory, int cutLines = 0) => Read(directory, "training_progress", ".log", cutLines, line =>
        TextLine().Match(line) is { Success: true } match
            ? (int.Parse(match.Groups[1].ValueSpan, null), int.Parse(match.Groups[2].ValueSpan, null), match.Groups[3].Success ? long.Parse(match.Groups[3].ValueSpan, null) : Repeated)
            // Of a process that was killed before its run had a logger, a recovery says that the run was killed.
            : KilledLine().IsMatch(line) ? null : throw new InvalidDataException($"no whole line: {line}"));

    /// <summary>Returns how many records of the category of the numbered ones the log says were dropped, by the run that was in progress.</summary>
    public static Dictionary<string, long> ReadDropped(string directory, int cutLines = 0)
    {
        var dropped = new Dictionary<string, long>();
        foreach (string line in FilesOf(directory, "run", ".jsonl").SelectMany(ReadLines).Where(line => line.Contains("\"RecordsDropped\"", StringComparison.Ordinal)))
        {
            try
            {
                using JsonDocument document = JsonDocument.Parse(line);
                JsonElement properties = document.RootElement.GetProperty("properties");
                if (properties.GetProperty("Category").GetString() == LogCategories.TrainingProgress)
                {
                    string run = document.RootElement.TryGetProperty("run", out JsonElement id) ? id.GetString()! : string.Empty;
                    dropped[run] = dropped.GetValueOrDefault(run) + properties.GetProperty("Count").GetInt64();
                }
            }
            catch (JsonException) when (cutLines-- > 0)
            {
                // Written again behind it.
            }
        }

        return dropped;
    }

    /// <summary>Asserts that what sessions had dropped is told: in each a call of each thread may have been counted and not have returned.</summary>
    public static void AssertDropsAreTold(string directory, IEnumerable<(int Session, long[] Returned, long[] Dropped)> sessions, int cutLines)
    {
        Dictionary<string, long> told = ReadDropped(directory, cutLines);
        Assert.All(sessions, session => Assert.InRange(told.GetValueOrDefault($"run-{session.Session}"), session.Dropped.Sum(), session.Dropped.Sum() + session.Dropped.Length));
    }

    private static void AssertComplete(string name, Dictionary<(int Session, int Thread), List<long>> found, IEnumerable<(int Session, long[] Returned, long[] Dropped)> sessions)
    {
        foreach ((int session, long[] returned, long[] dropped) in sessions)
        {
            for (int thread = 0; thread < returned.Length; thread++)
            {
                List<long> all = found.GetValueOrDefault((session, thread)) ?? [];
                List<long> numbers = [.. all.Where(number => number != Repeated)];
                int repeated = all.Count - numbers.Count;
                Assert.True(
                    repeated == 0 || repeated == numbers.Count / 8 || (numbers.Count % 8 == 7 && repeated == (numbers.Count / 8) + 1),
                    $"{name}: session {session} thread {thread}: {repeated} equal records are there beside {numbers.Count}");
                // The last call may have committed its record, or be counted as dropped, and not have returned.
                long expected = returned[thread] - dropped[thread];
                Assert.True(
                    numbers.Count == expected || numbers.Count == expected + 1,
                    $"{name}: session {session} thread {thread}: {returned[thread]} calls had returned, {dropped[thread]} were dropped, {numbers.Count} records are there");
                for (int i = 0; i < numbers.Count; i++)
                {
                    Assert.True(
                        dropped[thread] == 0 ? numbers[i] == i : numbers[i] <= returned[thread] && (i == 0 || numbers[i] > numbers[i - 1]),
                        $"{name}: session {session} thread {thread}: record {i} has number {numbers[i]}");
                }
            }
        }
    }

    /// <summary>Returns the numbers of each thread's records, by the lines of JSON.</summary>
    public static Dictionary<(int Session, int Thread), List<long>> ReadJson(string directory, int cutLines = 0) => Read(directory, "run", ".jsonl", cutLines, line =>
    {
        using JsonDocument document = JsonDocument.Parse(line);
        return document.RootElement.GetProperty("event").GetString() is "Numbered" or "Repeated" && document.RootElement.GetProperty("properties") is var properties
            ? Belonging(
                document.RootElement,
                properties.GetProperty("Session").GetInt32(),
                properties.GetProperty("Thread").GetInt32(),
                properties.TryGetProperty("Number", out JsonElement number) ? number.GetInt64() : Repeated)
            : null;
    });

    /// <summary>Asserts that a record says which run and which activity it was made in.</summary>
    private static (int Session, int Thread, long Number) Belonging(JsonElement record, int session, int thread, long number)
    {
        Assert.Equal($"run-{session}", record.GetProperty("run").GetString());
        Assert.Equal(
            session % 2 == 0 ? $"{session + 1:x16}{thread + 1:x16}" : null,
            record.TryGetProperty("trace_id", out JsonElement trace) ? trace.GetString() : null);
        return (session, thread, number);
    }

    private static Dictionary<(int Session, int Thread), List<long>> Read(string directory, string name, string extension, int cutLines, Func<string, (int Session, int Thread, long Number)?> parse)
    {
        var found = new Dictionary<(int Session, int Thread), List<long>>();
        foreach (string line in FilesOf(directory, name, extension).SelectMany(ReadLines))
        {
            (int Session, int Thread, long Number)? read;
            try
            {
                read = parse(line);
            }
            catch (Exception exception) when (exception is InvalidDataException or JsonException && cutLines-- > 0)
            {
                continue;
            }

            if (read is { } record)
            {
                (found.TryGetValue((record.Session, record.Thread), out List<long>? numbers) ? numbers : found[(record.Session, record.Thread)] = []).Add(record.Number);
            }
        }

        return found;
    }

    private static IEnumerable<string> FilesOf(string directory, string name, string extension)
    {
        string current = Path.Combine(directory, name + extension);
        // The highest number is the oldest.
        return Directory.GetFiles(directory).Where(f => f.StartsWith(current + ".", StringComparison.Ordinal) && !f.EndsWith(".tmp", StringComparison.Ordinal))
            .OrderByDescending(f => int.Parse(f[(current.Length + 1)..].Split('.')[0], null)).Concat(File.Exists(current) ? [current] : []);
    }

    [GeneratedRegex(@"^\[.{19}\] TRAINING - INFO - session (\d+) thread (\d+) (?:number (\d+) .*\d\.\d{3}|again)$")]
    private static partial Regex TextLine();

    [GeneratedRegex(@"^\[.{19}\] TRAINING - WARNING - Training killed - Run: run-\d+, Reason: process \d+ ended without closing its log, Duration: .*\d$")]
    private static partial Regex KilledLine();
}
