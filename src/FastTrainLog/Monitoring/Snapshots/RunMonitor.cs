using FastTrainLog.Records;
using FastTrainLog.Training;

namespace FastTrainLog.Monitoring.Snapshots;

/// <summary>Keeps the state of runs, from their records on the backend's thread, so that it costs the training thread nothing.</summary>
/// <remarks>Taking a snapshot blocks the backend for the time of a copy, well under a millisecond; the threads that log are never blocked.</remarks>
internal sealed class RunMonitor : ILogSink
{
    private const int KeptRuns = 16;

    // Of runs whose last snapshot is not on the disk yet.
    private const int MostRuns = 256;

    private readonly Lock _gate = new();
    private readonly List<RunState> _runs = [];
    private RunState? _latest;

    /// <summary>Gets or sets what is called, on the backend's thread, when a run has ended.</summary>
    public Action? OnEnded { get; set; }

    /// <summary>Gets or sets the recorder of step durations; null until it exists.</summary>
    public StepDurations? StepDurations { get; set; }

    /// <summary>Adds a run, and removes the oldest ended ones if there are many.</summary>
    public RunState Begin(RunContext run)
    {
        lock (_gate)
        {
            if (_runs.Count >= KeptRuns && _runs.Find(state => state.HasEnded && (OnEnded is null || state.SavedChanges == state.Changes || _runs.Count >= MostRuns)) is { } oldest)
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

    /// <summary>Returns the runs of which the disk does not show all.</summary>
    public RunState[] Unsaved()
    {
        lock (_gate)
        {
            return [.. _runs.Where(run => run.SavedChanges != run.Changes)];
        }
    }

    /// <summary>Returns the snapshot of a run, and how many records it shows.</summary>
    public (RunSnapshot Snapshot, long Changes) SnapshotWithChanges(RunState run)
    {
        lock (_gate)
        {
            return (run.Snapshot(), run.Changes);
        }
    }

    /// <summary>Notes that the disk shows so many records of a run.</summary>
    public void NoteSaved(RunState run, long changes)
    {
        lock (_gate)
        {
            run.SavedChanges = changes;
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
        // Most records are of other events, and cost no more than this check.
        if (!RunState.Remembers(record.EventId.Id) || record.Decoder.Run is not { } run || record.Decoder.TrainingEvent == 0)
        {
            return;
        }

        lock (_gate)
        {
            if (_latest?.Run != run)
            {
                _latest = StateOf(run);
            }

            // A run that was removed may still have a late record.
            _latest?.Take(record);
        }

        switch (record.EventId.Id)
        {
            case TrainingEvents.Step:
                StepDurations?.Take(record, run);
                break;
            case TrainingEvents.RunCompleted or TrainingEvents.RunFailed:
                OnEnded?.Invoke();
                break;
            default:
                break;
        }
    }

    // Separate from Write, where its closure would be allocated for each record.
    private RunState? StateOf(RunContext run) => _runs.Find(state => state.Run == run);

    public void Flush()
    {
    }

    public void Dispose()
    {
    }
}
