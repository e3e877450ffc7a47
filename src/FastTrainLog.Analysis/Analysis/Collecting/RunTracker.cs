using FastTrainLog.Reading;
using FastTrainLog.State;
using FastTrainLog.Training;

namespace FastTrainLog.Analysis.Collecting;

/// <summary>Determines which run a record belongs to: from the record itself, or, in older logs without that field, from the preceding start.</summary>
/// <remarks>Records are added in the order of the log. Not thread-safe.</remarks>
internal sealed class RunTracker
{
    private readonly Dictionary<int, RunName> _current = [];

    // Most records have the layout of the one before, and the run is part of it.
    private (LineLayout? Layout, RunName Name) _last;

    /// <summary>Returns the run; one without an identifier for a record that belongs to none.</summary>
    public RunName RunOf(in StoredRecord record)
    {
        if (record.Layout is { } layout && ReferenceEquals(layout, _last.Layout) && _current.Count == 0)
        {
            return _last.Name;
        }

        if (record.TryGetOwn("run"u8, out StoredField run))
        {
            // From now on records of this log have the field: one without it belongs to no run.
            _current.Remove(record.Log);
            _last = (record.Layout, new RunName(record.Names.Get(run.Utf8Value), OwnInteger(record, "world_size"u8) > 1 ? OwnInteger(record, "rank"u8) : null));
            return _last.Name;
        }

        int id = record.TrainingEvent;
        if (id is TrainingEvents.RunAnnounced or TrainingEvents.RunStarted && record.GetText("RunId"u8) is { } started)
        {
            _current[record.Log] = new RunName(started, record.GetInt64("Rank"u8));
        }

        RunName current = _current.GetValueOrDefault(record.Log);
        if (id == TrainingEvents.RunConcluded)
        {
            _current.Remove(record.Log);
        }

        return current;
    }

    public void Carry(StateCodec codec) => codec.Dictionary(_current, codec.Value, (_, name) => name.Carry(codec));

    /// <summary>Returns the number of processes of a record's run; null if the record does not contain it.</summary>
    public static int? WorldSizeOf(in StoredRecord record) =>
        (OwnInteger(record, "world_size"u8) ?? record.GetInt64("WorldSize"u8)) is > 0 and <= int.MaxValue and long size ? (int)size : null;

    private static long? OwnInteger(in StoredRecord record, ReadOnlySpan<byte> name) =>
        record.TryGetOwn(name, out StoredField field) && field.TryGetInt64(out long value) ? value : null;
}
