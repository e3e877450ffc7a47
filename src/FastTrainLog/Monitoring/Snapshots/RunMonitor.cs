using FastTrainLog.Backend;
using FastTrainLog.Frontend;

namespace FastTrainLog.Monitoring.Snapshots;

/// <summary>Remembers what runs logged, from their records on the backend's thread, so that it costs the training thread nothing.</summary>
/// <remarks>Whoever takes a snapshot holds the backend up for the time of a copy, well under a millisecond; the threads that log are never held up.</remarks>
internal sealed class RunMonitor : ILogSink
{
    private const int KeptRuns = 16;

    private readonly Lock _gate = new();
    private readonly List<RunState> _runs = [];
    private RunState? _latest;

    /// <summary>Begins to remember a run, and forgets the oldest of those that have ended where there are many.</summary>
    public RunState Begin(RunContext run)
    {
        lock (_gate)
        {
            if (_runs.Count >= KeptRuns && _runs.Find(state => state.HasEnded) is { } oldest)
            {
                _runs.Remove(oldest);
            }

            var state = new RunState(run);
            _runs.Add(state);
            return state;
        }
    }

    public RunSnapshot Snapshot(RunState run)
    {
        lock (_gate)
        {
            return run.Snapshot();
        }
    }

    public LogSnapshot Snapshot()
    {
        lock (_gate)
        {
            return new LogSnapshot(DateTime.UtcNow, [.. _runs.Select(run => run.Snapshot())]);
        }
    }

    public void Write(in LogRecord record)
    {
        // Most records are none of these, and cost no more than this. Event numbers are not the library's alone, its categories are.
        if (RunState.CategoryOf(record.EventId.Id) is not { } category || record.Category != category || record.Decoder.Run is not { } run)
        {
            return;
        }

        lock (_gate)
        {
            if (_latest?.Run != run)
            {
                _latest = StateOf(run);
            }

            // Of a run that is forgotten there may still be a late record.
            _latest?.Take(record);
        }
    }

    // Apart from Write, where its closure would be made for each record.
    private RunState? StateOf(RunContext run) => _runs.Find(state => state.Run == run);

    public void Flush()
    {
    }

    public void Dispose()
    {
    }
}
