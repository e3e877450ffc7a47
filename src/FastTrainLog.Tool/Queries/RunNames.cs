using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Reading;

namespace FastTrainLog.Tool.Queries;

/// <summary>The runs of a log.</summary>
internal static class RunNames
{
    private const int RecordsBetweenReports = 256;

    /// <summary>Reads the runs of a log, so that a selection knows all of them before the first record is passed.</summary>
    /// <param name="directory">The log directory.</param>
    /// <param name="selection">Receives the runs.</param>
    /// <param name="report">Receives at intervals the number of bytes read.</param>
    public static void Read(string directory, RunSelection selection, Action<long> report)
    {
        using var reader = new LogReader(directory);
        var tracker = new RunTracker();
        RunName last = default;
        for (long count = 1; reader.Read(); count++)
        {
            RunName run = tracker.RunOf(reader.Current);
            if (run != last || count == 1)
            {
                selection.Add(last = run);
            }

            if (count % RecordsBetweenReports == 0)
            {
                report(reader.BytesRead);
            }
        }
    }
}
