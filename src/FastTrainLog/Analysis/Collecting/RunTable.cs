using FastTrainLog.Reading;
using FastTrainLog.Training;

namespace FastTrainLog.Analysis.Collecting;

/// <summary>Tells the runs of a log apart and collects the figures of the one that is wanted.</summary>
/// <remarks>
/// Only that one costs memory: where none is named it is the one that began last, so that the one before is given up when another begins.
/// Of several processes in one run it is the one with the lowest rank.
/// </remarks>
internal sealed class RunTable(string? wanted)
{
    private readonly Dictionary<(string? Id, long? Rank), RunEntry> _entries = [];
    private readonly Dictionary<int, RunEntry> _current = [];
    private RunEntry? _chosen;
    private RunCollector? _collector;

    public void Add(in StoredRecord record)
    {
        RunEntry entry = EntryOf(record);
        entry.Add(record);
        if (entry == _chosen)
        {
            _collector!.Add(record);
        }

        if (record.EventId == TrainingEvents.RunConcluded && record.Category == LogCategories.Main)
        {
            _current.Remove(record.Log);
        }
    }

    public LogAnalysis ToAnalysis(string directory, UnreadableFigures unreadable)
    {
        RunFigures[] runs = [.. _entries.Values.Select(entry => entry.ToFigures())];
        if (_chosen is null)
        {
            throw new LogNotFoundException(
                runs.Length == 0 && unreadable.Lines == 0 ? $"There is no record in '{directory}': run.jsonl is missing or empty. A run that has just begun writes it within its flush interval."
                : runs.Length == 0 ? $"There is no record in '{directory}', only {unreadable.Lines} lines that cannot be read, the first of {unreadable.Places[0].File} at byte {unreadable.Places[0].Offset}: {unreadable.Places[0].Reason}."
                : $"There is no run '{wanted}' in '{directory}'; there are {string.Join(", ", runs.TakeLast(10).Select(run => run.Name))}.");
        }

        RunFigures chosen = _chosen.ToFigures();
        return _collector!.ToAnalysis(directory, chosen, runs, unreadable);
    }

    private RunEntry EntryOf(in StoredRecord record)
    {
        string? id = null;
        long? rank = null;
        if (record.TryGetOwn("run"u8, out StoredField own))
        {
            id = record.Names.Get(own.Utf8Value);
            rank = OwnInteger(record, "world_size"u8) > 1 ? OwnInteger(record, "rank"u8) : null;
        }
        else if (record.EventId is TrainingEvents.RunAnnounced or TrainingEvents.RunStarted && record.GetText("RunId"u8) is { } begun)
        {
            id = begun;
            rank = record.GetInt64("Rank"u8);
        }
        else if (_current.TryGetValue(record.Log, out RunEntry? current))
        {
            return current;
        }

        if (!_entries.TryGetValue((id, rank), out RunEntry? entry))
        {
            entry = new RunEntry(id, rank);
            _entries.Add((id, rank), entry);
            Choose(entry);
        }

        if (id is not null)
        {
            _current[record.Log] = entry;
        }

        return entry;
    }

    private static long? OwnInteger(in StoredRecord record, ReadOnlySpan<byte> name) =>
        record.TryGetOwn(name, out StoredField field) && field.TryGetInt64(out long value) ? value : null;

    private void Choose(RunEntry entry)
    {
        bool isWanted = wanted is null ? entry.Id is not null || _chosen is null : entry.Id == wanted || entry.Name == wanted;
        if (isWanted && !(_chosen?.Id == entry.Id && _chosen?.Rank <= entry.Rank))
        {
            _chosen = entry;
            _collector = new RunCollector();
        }
    }
}
