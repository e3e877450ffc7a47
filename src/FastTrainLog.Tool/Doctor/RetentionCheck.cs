using FastTrainLog.Analysis.Reports;
using FastTrainLog.Reading;
using FastTrainLog.Sinks;
using FastTrainLog.Tool.Directories;

namespace FastTrainLog.Tool.Doctor;

/// <summary>Checks whether rotated files are compressed and deleted, and files rotated by time, as the options require.</summary>
/// <remarks>A running log does this at each rotation and once a minute; a log that starts does it for the files of earlier ones.</remarks>
internal static class RetentionCheck
{
    // The time until a record is in the file and until the log checks its files.
    private static readonly TimeSpan Delay = TimeSpan.FromMinutes(2);

    private const string RunJson = "run.jsonl";
    private const string NextStart = "nothing: the next start with these options does it";
    private const string LookForTrouble = "see event 9011 in system.log for the reason; usually the directory cannot be written";

    public static IEnumerable<Finding> Run(LogDirectoryState state)
    {
        TrainLogOptions options = state.Options;
        Finding[] findings = [.. Options(options), .. Backups(state), .. Time(state)];
        return findings.Length > 0 ? findings : [Finding.Ok(Describe(options))];
    }

    private static IEnumerable<Finding> Options(TrainLogOptions options)
    {
        bool rotates = options.MaxFileSize > 0 || options.RotationInterval != RotationInterval.Never;
        bool keeps = options.AsksForBackups;
        if (!rotates)
        {
            yield return Finding.Warning(
                $"MaxFileSize is 0 and RotationInterval is Never: files grow until the disk is full{(keeps ? ", and there are no rotated files to compress or delete" : string.Empty)}",
                "set one of them");
        }
        else if (keeps && options.BackupCount == 0)
        {
            yield return Finding.Warning("BackupCount is 0: no rotated file is kept, so there is nothing for MaxBackupAge, MaxTotalBackupSize and CompressBackups to do", "raise BackupCount, or remove them");
        }
    }

    private static IEnumerable<Finding> Backups(LogDirectoryState state)
    {
        TrainLogOptions options = state.Options;
        DateTime now = DateTime.UtcNow;
        FoundFile[] backups = [.. state.Files.Where(file => file.IsBackup)];
        if (options.MaxBackupAge > TimeSpan.Zero && backups.Where(file => file.LastWrite < now - options.MaxBackupAge - Delay).ToArray() is { Length: > 0 } old)
        {
            yield return Late(state, old, $"{old.Length} rotated files are older than MaxBackupAge ({options.MaxBackupAge:g}), the oldest is {old.MinBy(file => file.LastWrite)!.Path}");
        }

        long total = backups.Sum(file => file.Length);
        if (options.MaxTotalBackupSize > 0 && total > options.MaxTotalBackupSize)
        {
            yield return Late(state, backups, $"rotated files have {FigureText.Bytes(total)} together, more than MaxTotalBackupSize ({FigureText.Bytes(options.MaxTotalBackupSize)})");
        }

        if (backups.Where(file => options.CompressesBackupsOf(file.Name) && !file.IsCompressed && file.LastWrite < now - Delay).ToArray() is { Length: > 0 } plain)
        {
            yield return Late(state, plain, $"{plain.Length} rotated files are not compressed, although CompressBackups asks for it");
        }
    }

    // Without a running process it is done at the next start.
    private static Finding Late(LogDirectoryState state, FoundFile[] files, string message) =>
        files.Any(file => state.LiveLogs.Contains(file.Log)) ? Finding.Warning(message, LookForTrouble) : new Finding(Severity.Ok, message, NextStart);

    private static IEnumerable<Finding> Time(LogDirectoryState state)
    {
        if (state.Options.RotationInterval == RotationInterval.Never)
        {
            yield break;
        }

        foreach (FoundFile file in state.Files.Where(file => file is { IsBackup: false, IsJson: true }))
        {
            var clock = new RotationClock(state.Options.RotationInterval, TimeZoneInfo.Local);
            if (FirstTime(file) is { } first)
            {
                clock.Begin(first);
                if (clock.IsOver((file.LastWrite - Delay).Ticks))
                {
                    yield return Finding.Warning(
                        $"{file.Path} begins at {new DateTime(first, DateTimeKind.Utc):u} and was written until {file.LastWrite:u}, although RotationInterval is {state.Options.RotationInterval}",
                        "nothing if the run had another RotationInterval; else see errors.log for a rotation that failed");
                }
            }
        }
    }

    private static long? FirstTime(FoundFile file)
    {
        try
        {
            using var reader = new LineReader(new LogFile(file.Path, file.Log, file.Backup, file.IsCompressed, file.Length));
            var table = new RecordTable();
            return reader.Read() && table.Read(reader.Current) is null ? table.Ticks : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The content check reports it.
            return null;
        }
    }

    private static string Describe(TrainLogOptions options)
    {
        string[] rules =
        [
            .. options.MaxFileSize > 0 ? [$"at {FigureText.Bytes(options.MaxFileSize)}"] : Array.Empty<string>(),
            .. options.RotationInterval != RotationInterval.Never ? [options.RotationInterval.ToString().ToLowerInvariant()] : Array.Empty<string>(),
        ];
        bool keepsRuns = options.BackupCountOf(RunJson) != options.BackupCount;
        string kept = $"{options.BackupCount} rotated files of each are kept"
            + (keepsRuns ? $", all of {RunJson}" : string.Empty)
            + (options.MaxBackupAge > TimeSpan.Zero ? $", none older than {options.MaxBackupAge:g}" : string.Empty)
            + (options.MaxTotalBackupSize > 0 ? $", {FigureText.Bytes(options.MaxTotalBackupSize)} at most together" : string.Empty)
            + (options.EncryptBackups ? ", compressed and encrypted" : options.CompressBackups ? ", compressed" : options.CompressesBackupsOf(RunJson) ? $", those of {RunJson} compressed" : string.Empty);
        return $"files are rotated {string.Join(" and ", rules)}; {kept}";
    }
}
