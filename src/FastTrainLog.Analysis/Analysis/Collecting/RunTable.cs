using FastTrainLog.Reading;

namespace FastTrainLog.Analysis.Collecting;

/// <summary>Separates the runs of a log and collects the figures of the selected one.</summary>
/// <remarks>
/// Only the selected run uses memory: if none is named it is the one that started last, so the previous one is discarded when another starts.
/// Of several processes in one run it is the one with the lowest rank.
/// </remarks>
/// <param name="wanted">The requested run; null for the one that started last.</param>
/// <param name="superseded">Finds the records that later ones supersede.</param>
internal sealed class RunTable(string? wanted, Supersession superseded)
{
    private readonly Dictionary<RunName, RunEntry> _entries = [];
    private readonly RunTracker _tracker = new();
    private readonly RunChoice _choice = new(wanted);
    private RunCollector? _collector;

    public void Add(in StoredRecord record)
    {
        RunName name = _tracker.RunOf(record);
        if (!_entries.TryGetValue(name, out RunEntry? entry))
        {
            _entries.Add(name, entry = new RunEntry(name));

            // This is its first record, so a collector created now gets all of them.
            _collector = _choice.Add(name) ? new RunCollector() : _collector;
        }

        StepFields step = StepFields.Of(record);
        entry.Add(record, step);
        if (superseded.Takes(name, record) && name == _choice.Chosen)
        {
            _collector!.Add(record, step);
        }
    }

    public LogAnalysis ToAnalysis(string directory, UnreadableFigures unreadable)
    {
        RunName run = _choice.Require(directory, unreadable);
        return _collector!.ToAnalysis(directory, _entries[run], [.. _entries.Values.Select(entry => entry.ToFigures())], unreadable);
    }
}
