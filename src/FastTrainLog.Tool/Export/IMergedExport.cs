using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Indexing;

namespace FastTrainLog.Tool.Export;

/// <summary>A format to which the series of runs are converted, with the ranks of each run as one.</summary>
internal interface IMergedExport : IDisposable
{
    /// <summary>Begins a run.</summary>
    /// <param name="run">Its name.</param>
    /// <param name="start">When its first record was written, in UTC.</param>
    /// <param name="ranks">The number of its processes.</param>
    void Begin(RunName run, DateTime start, int ranks);

    /// <summary>Adds a step of a series of the run. A series is added as a whole, in the order of its steps, before the next one.</summary>
    /// <param name="series">The name of the series.</param>
    /// <param name="time">When the last of the ranks had logged the step, in UTC.</param>
    /// <param name="step">The values of all ranks at the step.</param>
    void Add(string series, DateTime time, in IndexedBucket step);

    /// <summary>Ends the export: only now does the result get its name.</summary>
    /// <returns>What was written, one line each.</returns>
    IReadOnlyList<string> Complete();
}
