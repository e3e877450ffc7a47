using System.Text.Unicode;
using FastTrainLog.Reading;
using FastTrainLog.Tool.Directories;

namespace FastTrainLog.Tool.Doctor;

/// <summary>Checks whether every file is intact (complete lines of UTF-8 text, or of JSON), and what the log reports about its own losses.</summary>
internal static class ContentCheck
{
    private const int RecordsDropped = 9001;
    private const int SinkFailed = 9002;
    private const int JournalOff = 9005;
    private const int BackupsFailed = 9011;

    public static IEnumerable<Finding> Run(LogDirectoryState state)
    {
        bool anyDamage = false;
        var events = new Dictionary<int, long>();
        foreach (FoundFile file in state.Files)
        {
            // A file whose compression is in progress, or was interrupted by a kill, exists in addition to the plain one, which is complete and is read.
            if (file.IsCompressed && state.Files.Any(plain => !plain.IsCompressed && (plain.Name, plain.Backup) == (file.Name, file.Backup)))
            {
                continue;
            }

            FileDamage damage = Read(file, events, isLive: !file.IsBackup && state.LiveLogs.Contains(file.Log));
            if (damage.Count > 0)
            {
                anyDamage = true;
                yield return Finding.Warning(
                    $"{file.Path}: {damage.Count} lines of {damage.Lines} cannot be read, the first is line {damage.FirstLine} at byte {damage.FirstOffset}: {damage.FirstReason}",
                    "commands that read the log skip such lines and count them; a full disk, a power loss or an editor causes them");
            }
        }

        if (!anyDamage && state.Files.Count > 0)
        {
            yield return Finding.Ok("every line of every file can be read");
        }

        if (events.TryGetValue(RecordsDropped, out long dropped))
        {
            yield return Finding.Warning($"the log reports {dropped} times that records were dropped", "raise TrainLogOptions.BufferBytes, log less, or use a faster disk");
        }

        if (events.TryGetValue(SinkFailed, out long failed))
        {
            yield return Finding.Warning($"the log reports {failed} times that a sink failed", "see errors.log for the reason");
        }

        if (events.TryGetValue(BackupsFailed, out long backups))
        {
            yield return Finding.Warning($"the log reports {backups} times that rotated files could not be compressed or deleted", "see system.log for the reason; usually the directory cannot be written or the disk is full");
        }

        if (events.TryGetValue(JournalOff, out long off))
        {
            yield return Finding.Warning($"the log reports {off} times that there was no journal", "see system.log for the reason; usually /dev/shm was full");
        }
    }

    private static FileDamage Read(FoundFile file, Dictionary<int, long> events, bool isLive)
    {
        var damage = new FileDamage();
        // The events of system.json are in run.jsonl too.
        bool countEvents = file.Name.EndsWith(".jsonl", StringComparison.Ordinal);
        try
        {
            using var reader = new LineReader(new LogFile(file.Path, file.Log, file.Backup, file.IsCompressed, file.Length));
            var table = new RecordTable();
            var names = new NameTable();
            while (reader.Read())
            {
                damage.Lines++;
                if (reader.IsTooLong)
                {
                    damage.Add(reader, "it is longer than 8 MiB");
                }
                else if (reader.Current.Trim(" \t\r"u8).IsEmpty)
                {
                    // A blank line, in which no data is missing.
                }
                else if (reader.IsUnended)
                {
                    // A running process may be writing the line at this moment.
                    if (!isLive)
                    {
                        damage.Add(reader, "it is cut off at the end of the file");
                    }
                }
                else if (!file.IsJson)
                {
                    if (!Utf8.IsValid(reader.Current))
                    {
                        damage.Add(reader, "it is not UTF-8");
                    }
                    else if (reader.Current.Contains((byte)0))
                    {
                        damage.Add(reader, "it contains NUL bytes");
                    }
                }
                else if (table.Read(reader.Current) is { } problem)
                {
                    damage.Add(reader, problem);
                }
                else if (countEvents && table.EventId(reader.Current) is >= RecordsDropped and var number && table.Category(reader.Current, names) == LogCategories.System)
                {
                    events[number] = events.GetValueOrDefault(number) + 1;
                }
            }

            if (reader.Failure is { } failure)
            {
                damage.Add(reader, failure);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            damage.Add(1, 0, exception.Message);
        }

        return damage;
    }

    private sealed class FileDamage
    {
        public long Lines { get; set; }

        public long Count { get; private set; }

        public long FirstLine { get; private set; }

        public long FirstOffset { get; private set; }

        public string FirstReason { get; private set; } = string.Empty;

        public void Add(LineReader reader, string reason) => Add(reader.Line, reader.Offset, reason);

        public void Add(long line, long offset, string reason)
        {
            if (Count++ == 0)
            {
                (FirstLine, FirstOffset, FirstReason) = (line, offset, reason);
            }
        }
    }
}
