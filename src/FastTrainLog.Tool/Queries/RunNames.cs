using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Indexing;
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
        // The index knows those of the lines that it has read.
        LinePlan? plan = LinePlan.Read(directory, LineSelection.None);
        if (plan is null || plan.Names.Runs.Count == LineNames.MostRuns)
        {
            RunsIn(directory, null, report).ForEach(selection.Add);
            return;
        }

        List<RunName> others = RunsIn(directory, plan, report);
        if (plan.IsComplete)
        {
            plan.Names.Runs.Concat(others).ToList().ForEach(selection.Add);
        }
        else
        {
            // Files were deleted since the index was extended, and runs may have been in them alone.
            RunsIn(directory, null, report).ForEach(selection.Add);
        }
    }

    private static List<RunName> RunsIn(string directory, LinePlan? plan, Action<long> report)
    {
        using var reader = new LogReader(directory, plan);
        var tracker = new RunTracker();
        var runs = new List<RunName>();
        for (long count = 1; reader.Read(); count++)
        {
            RunName run = tracker.RunOf(reader.Current);
            if (runs.Count == 0 || run != runs[^1])
            {
                runs.Remove(run);
                runs.Add(run);
            }

            if (count % RecordsBetweenReports == 0)
            {
                report(reader.BytesRead);
            }
        }

        return runs;
    }
}
