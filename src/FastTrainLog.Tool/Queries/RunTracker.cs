using FastTrainLog.Reading;
using FastTrainLog.Training;

namespace FastTrainLog.Tool.Queries;

/// <summary>Tells which run a record belongs to: by its own word, or, in logs of before records said so, by the start that came before it.</summary>
internal sealed class RunTracker
{
    private readonly Dictionary<int, string> _current = [];

    /// <summary>Returns the run's identifier, or null outside of runs. Records come in the order of the log.</summary>
    public string? RunOf(in StoredRecord record)
    {
        if (record.TryGetOwn("run"u8, out StoredField run))
        {
            return run.GetText();
        }

        int id = record.EventId;
        if (id is TrainingEvents.RunAnnounced or TrainingEvents.RunStarted && record.GetText("RunId"u8) is { } started)
        {
            _current[record.Log] = started;
        }

        string? current = _current.GetValueOrDefault(record.Log);
        if (id == TrainingEvents.RunConcluded)
        {
            _current.Remove(record.Log);
        }

        return current;
    }
}
