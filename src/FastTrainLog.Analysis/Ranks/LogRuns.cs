using FastTrainLog.Analysis;
using FastTrainLog.Indexing;
using Microsoft.Data.Sqlite;

namespace FastTrainLog.Ranks;

/// <summary>Reads the runs of a log, through its index if there can be one.</summary>
internal static class LogRuns
{
    /// <summary>Returns the runs, in the order in which they started; each rank is a separate run.</summary>
    /// <exception cref="LogNotFoundException">There is no record, and no index could be used.</exception>
    public static IReadOnlyList<RunFigures> Read(string directory, Action<long, long>? progress, CancellationToken cancellation)
    {
        if (LogIndex.RunsIfCurrent(directory) is { } runs)
        {
            return runs;
        }

        try
        {
            using LogIndex? index = LogIndex.Open(directory);
            if (index is not null)
            {
                index.Update(progress, cancellation);
                return index.RunsToEnd();
            }
        }
        catch (SqliteException)
        {
            // Another process locks the index for a long time, which must not prevent reading the log.
        }

        return LogAnalysis.Read(directory, progress: progress, cancellation: cancellation).Runs;
    }
}
