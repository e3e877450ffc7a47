using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Analysis;
using FastTrainLog.Reading;
using FastTrainLog.State;

namespace FastTrainLog.Indexing;

/// <summary>The figures of every run of a log, each loaded from the index when one of its records is read or it is requested.</summary>
internal sealed class IndexedRuns(IndexStore store)
{
    private readonly RunTracker _tracker = new();
    private readonly Supersession _superseded = new();
    private readonly Dictionary<RunName, RunEntry> _entries = [];
    private readonly Dictionary<RunName, RunCollector> _collectors = [];

    // Most records are of the same run as the one before.
    private (RunName Name, RunEntry Entry, RunCollector Collector) _last;

    /// <summary>Gets whether any run repeated steps, so that its figures count some records twice.</summary>
    public bool HaveSuperseded => _superseded.IsNeeded;

    /// <summary>Adds a record.</summary>
    /// <returns>The run that it belongs to.</returns>
    public RunName Add(in StoredRecord record)
    {
        RunName name = _tracker.RunOf(record);
        if (_last.Entry is null || !_last.Name.Equals(name))
        {
            if (!_entries.TryGetValue(name, out RunEntry? entry))
            {
                _entries.Add(name, entry = new RunEntry(name));
            }

            _last = (name, entry, CollectorOf(name));
        }

        StepFields step = StepFields.Of(record);
        _last.Entry.Add(record, step);
        _superseded.Takes(name, record);
        _last.Collector.Add(record, step);
        return name;
    }

    /// <summary>Returns the runs, in the order in which they started.</summary>
    public IReadOnlyList<RunFigures> ToFigures() => [.. _entries.Values.Select(entry => entry.ToFigures())];

    public LogAnalysis ToAnalysis(string directory, string? wanted, UnreadableFigures unreadable)
    {
        RunName run = Find(directory, wanted, unreadable);
        return CollectorOf(run).ToAnalysis(directory, _entries[run], ToFigures(), unreadable);
    }

    /// <exception cref="LogNotFoundException">There is no such run.</exception>
    public RunName Find(string directory, string? wanted, UnreadableFigures unreadable)
    {
        var choice = new RunChoice(wanted);
        foreach (RunName name in _entries.Keys)
        {
            choice.Add(name);
        }

        return choice.Require(directory, unreadable);
    }

    /// <summary>Serialises the entry of every run; the figures of each are in separate blocks.</summary>
    public void Carry(StateCodec codec)
    {
        _tracker.Carry(codec);
        _superseded.Carry(codec);
        codec.Dictionary(_entries, name => name.Carry(codec), (name, entry) =>
        {
            entry ??= new RunEntry(name);
            entry.Carry(codec);
            return entry;
        });
    }

    /// <summary>Writes the figures of the runs to which records were added.</summary>
    public void Save()
    {
        foreach ((RunName name, RunCollector collector) in _collectors)
        {
            var codec = new StateWriter();
            collector.Carry(codec);
            store.Put(BlockOf(name), 0, codec.ToArray());
        }
    }

    private static string BlockOf(RunName name) => $"run/{name}";

    private RunCollector CollectorOf(RunName name)
    {
        if (!_collectors.TryGetValue(name, out RunCollector? collector))
        {
            collector = new RunCollector();
            if (store.Get(BlockOf(name), 0) is { } bytes)
            {
                collector.Carry(new StateReader(bytes));
            }

            _collectors.Add(name, collector);
        }

        return collector;
    }
}
