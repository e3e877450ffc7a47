using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Indexing;
using FastTrainLog.Ranks;
using FastTrainLog.Reading;
using FastTrainLog.Tool.Runs;

namespace FastTrainLog.Tool.Export;

/// <summary>Reads the series of runs from the indexes of their logs, with the ranks of each run as one, and adds them to an export.</summary>
/// <param name="firstStep">The first step.</param>
/// <param name="lastStep">The last one.</param>
internal sealed class RunSeries(long firstStep, long lastStep)
{
    private const int StepsBetweenReports = 4096;

    /// <summary>Gets the number of steps of series that were added.</summary>
    public long Count { get; private set; }

    /// <summary>Adds the series of a run.</summary>
    /// <param name="name">The name under which it is exported.</param>
    /// <param name="run">The run.</param>
    /// <param name="export">Receives them.</param>
    /// <param name="inMemory">Whether to read the whole logs into memory indexes, because their stored indexes failed.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public void Add(RunName name, FoundRun run, IMergedExport export, bool inMemory, CancellationToken cancellation)
    {
        using var reader = new RankReader(run.Ranks, inMemory, cancellation);
        MergedSeries times = reader.Merged(IndexedSeries.Times);
        DateTime before = times.Buckets(long.MinValue, firstStep, 1) is [var past] ? TimeOf(past) : run.Figures.Started;
        export.Begin(name, run.Figures.Started, run.Ranks.Count);
        foreach (string series in reader.SeriesNames())
        {
            Add(series, reader.Merged(series), times, before, export, cancellation);
        }
    }

    private void Add(string name, MergedSeries series, MergedSeries times, DateTime time, IMergedExport export, CancellationToken cancellation)
    {
        using IEnumerator<IndexedBucket> logged = times.Points(firstStep, lastStep).GetEnumerator();
        bool goesOn = logged.MoveNext();
        foreach (IndexedBucket step in series.Points(firstStep, lastStep))
        {
            while (goesOn && logged.Current.FirstStep <= step.FirstStep)
            {
                time = TimeOf(logged.Current);
                goesOn = logged.MoveNext();
            }

            export.Add(name, time, step);
            if (++Count % StepsBetweenReports == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    // As a number of seconds the time is precise to a quarter of a microsecond.
    private static DateTime TimeOf(in IndexedBucket times) => DateTime.UnixEpoch.AddMicroseconds(Math.Round(times.Maximum * 1e6));
}
