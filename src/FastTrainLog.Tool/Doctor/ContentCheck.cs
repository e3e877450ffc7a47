using System.Text.Unicode;
using FastTrainLog.Reading;
using FastTrainLog.Tool.Directories;

namespace FastTrainLog.Tool.Doctor;

/// <summary>Whether every file is what it should be: whole lines of UTF-8 text, or of JSON; and what the log says of its own losses.</summary>
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
            FileDamage damage = Read(file, events, isLive: !file.IsBackup && state.LiveLogs.Contains(file.Log));
            if (damage.Count > 0)
            {
                anyDamage = true;
                yield return Finding.Warning(
                    $"{file.Path}: {damage.Count} lines of {damage.Lines} cannot be read, the first is line {damage.FirstLine} at byte {damage.FirstOffset}: {damage.FirstReason}",
                    "the reading commands pass over such lines and count them; a full disk, a power loss or an editor leaves them");
            }
        }

        if (!anyDamage && state.Files.Count > 0)
        {
            yield return Finding.Ok("every line of every file can be read");
        }

        if (events.TryGetValue(RecordsDropped, out long dropped))
        {
            yield return Finding.Warning($"the log says {dropped} times that records were dropped", "raise TrainLogOptions.BufferBytes, log less, or use a faster disk");
        }

        if (events.TryGetValue(SinkFailed, out long failed))
        {
            yield return Finding.Warning($"the log says {failed} times that a sink failed", "see errors.log for the reason");
        }

        if (events.TryGetValue(BackupsFailed, out long backups))
        {
            yield return Finding.Warning($"the log says {backups} times that rotated files could not be compressed or deleted", "see system.log for the reason; usually the directory cannot be written or the disk is full");
        }

        if (events.TryGetValue(JournalOff, out long off))
        {
            yield return Finding.Warning($"the log says {off} times that there was no journal", "see system.log for the reason; usually /dev/shm was full");
        }
    }

    private static FileDamage Read(FoundFile file, Dictionary<int, long> events, bool isLive)
    {
        var damage = new FileDamage();
        // The events of system.json stand in run.jsonl too.
        bool countEvents = file.Name.EndsWith(".jsonl", StringComparison.Ordinal);
        try
        {
            using var reader = new LineReader(new LogFile(file.Path, file.Log, file.Backup, file.IsCompressed, file.Length));
            var table = new RecordTable();
            while (reader.Read())
            {
                damage.Lines++;
                if (reader.Length > reader.Current.Length)
                {
                    damage.Add(reader, "it is longer than 8 MiB");
                }
                else if (reader.IsUnended)
                {
                    // A living process may be writing it just now.
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
                        damage.Add(reader, "it holds NUL bytes");
                    }
                }
                else if (table.Read(reader.Current) is { } problem)
                {
                    damage.Add(reader, problem);
                }
                else if (countEvents && table.TryFindOwn(reader.Current, "eventId"u8, out StoredField id) && id.TryGetInt64(out long number) && number >= RecordsDropped)
                {
                    events[(int)number] = events.GetValueOrDefault((int)number) + 1;
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
