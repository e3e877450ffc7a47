using FastTrainLog.Analysis;
using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Ranks;
using FastTrainLog.Reading;
using FastTrainLog.Tool.Rendering;
using FastTrainLog.Tool.Runs;

namespace FastTrainLog.Tool.Compare;

/// <summary>Reads the data of compared runs from their records: each log once, and only the records of these runs.</summary>
internal static class RunReader
{
    /// <summary>Reads runs; the ranks of one are merged.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="error">Where progress is shown.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public static List<ComparedRun> Read(IReadOnlyList<FoundRun> runs, TextWriter error, CancellationToken cancellation)
    {
        var read = new Dictionary<(string Directory, RunName Name), ComparedRun>();
        foreach (FoundProcess process in runs.SelectMany(run => run.Ranks))
        {
            RunName name = NameOf(process);
            read.TryAdd((process.Directory, name), new ComparedRun(process.Directory, name));
        }

        foreach (string directory in read.Keys.Select(key => key.Directory).Distinct())
        {
            var superseded = new Supersession();
            Dictionary<RunName, ComparedRun> ofLog = read.Where(pair => pair.Key.Directory == directory).ToDictionary(pair => pair.Key.Name, pair => pair.Value);
            Read(directory, ofLog, superseded, error, cancellation);
            if (superseded.IsNeeded)
            {
                superseded.Restart();
                foreach (RunName name in ofLog.Keys)
                {
                    read[(directory, name)] = ofLog[name] = new ComparedRun(directory, name);
                }

                Read(directory, ofLog, superseded, error, cancellation);
            }
        }

        return [.. runs.Select(run => Merge(run, [.. run.Ranks.Select(rank => read[(rank.Directory, NameOf(rank))])], cancellation))];
    }

    private static RunName NameOf(FoundProcess process) => new(process.Figures.Id, process.Figures.Rank);

    private static ComparedRun Merge(FoundRun run, ComparedRun[] ranks, CancellationToken cancellation)
    {
        if (run.Figures.Rank is null && run.Ranks[0].Figures.Rank is not null)
        {
            ranks[0].Merge(ranks.AsSpan(1), run, RunAnalysis.Compare(run.Ranks, cancellation));
        }

        return ranks[0];
    }

    private static void Read(string directory, Dictionary<RunName, ComparedRun> runs, Supersession superseded, TextWriter error, CancellationToken cancellation)
    {
        using var reader = new LogReader(directory);
        using var progress = new ReadingProgress(error);
        long total = reader.TotalBytes;
        var tracker = new RunTracker();
        for (long count = 0; reader.Read(); count++)
        {
            StoredRecord record = reader.Current;
            RunName name = tracker.RunOf(record);
            if (runs.TryGetValue(name, out ComparedRun? run))
            {
                run.Add(record, superseded.Takes(name, record));
            }

            if (count % 256 == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                progress.Show(reader.BytesRead, total);
            }
        }
    }
}
