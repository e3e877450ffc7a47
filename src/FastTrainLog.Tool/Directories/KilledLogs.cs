using FastTrainLog.Recovery;

namespace FastTrainLog.Tool.Directories;

/// <summary>What killed processes left of their logs.</summary>
internal static class KilledLogs
{
    /// <summary>Writes what killed processes had logged into the files that it was meant for.</summary>
    /// <param name="directory">The log directory, which exists.</param>
    /// <returns>The result for each journal; empty if there is none.</returns>
    public static IReadOnlyList<RecoveredJournal> Recover(string directory)
    {
        IReadOnlyList<PendingJournal> pending = JournalRecovery.FindPending(directory);
        if (pending.Count == 0)
        {
            return [];
        }

        using TrainLogging logging = Create(directory, pending);
        return logging.RecoveredJournals;
    }

    // The start of a log recovers, and logs how the runs ended; this one writes no kinds of files that the killed processes did not.
    private static TrainLogging Create(string directory, IReadOnlyList<PendingJournal> pending)
    {
        string[] files = [.. pending.SelectMany(journal => journal.Files)];
        return TrainLogging.Create(new TrainLogOptions
        {
            LogDirectory = directory,
            EnableConsoleLogging = false,
            // Where no description of a file is left, both.
            EnableJsonLogging = files.Length == 0 || files.Any(file => file.EndsWith(".jsonl", StringComparison.Ordinal)),
            EnableFileLogging = files.Length == 0 || files.Any(file => file.EndsWith(".log", StringComparison.Ordinal)),
            // The limits of the dead process are not known.
            MaxFileSize = 0,
            BufferBytes = 4 * 1024 * 1024,
        });
    }
}
