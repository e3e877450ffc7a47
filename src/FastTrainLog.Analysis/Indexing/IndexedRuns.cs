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
    private readonly Dictionary<RunName, Collection> _collections = [];

    // Most records are of the same run as the one before.
    private (RunName Name, RunEntry Entry, RunCollector Collector) _last;

    /// <summary>Gets whether any run repeated steps.</summary>
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

            _last = (name, entry, CollectionOf(name).Collector);
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
        return CollectionOf(run).Collector.ToAnalysis(directory, _entries[run], ToFigures(), unreadable);
    }

    /// <summary>Returns whether the figures of a run omit the records that later ones supersede. Which these are is known only when the run went back.</summary>
    public bool IsSettled(RunName run) => CollectionOf(run).Returns == _superseded.ReturnsOf(run);

    /// <summary>Collects the figures of runs that went back again, from the lines that were added so far, without the superseded ones. Later records can then be added as to any other run.</summary>
    /// <param name="directory">The log directory.</param>
    /// <param name="runs">The runs.</param>
    /// <param name="progress">Receives at intervals the number of bytes read, and the total.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public void Settle(string directory, IEnumerable<RunName> runs, Action<long, long>? progress, CancellationToken cancellation)
    {
        Dictionary<RunName, Collection> collections = runs.ToDictionary(run => run, run => new Collection(new RunCollector(), _superseded.ReturnsOf(run)));
        Dictionary<RunName, long> left = collections.Keys.ToDictionary(run => run, run => _entries[run].Records);
        Supersession superseded = _superseded.ForSecondReading();
        var tracker = new RunTracker();
        using var reader = new LogReader(directory);
        long total = reader.TotalBytes;
        for (long records = 0; reader.Read(); records++)
        {
            StoredRecord record = reader.Current;
            RunName name = tracker.RunOf(record);
            bool counts = superseded.Takes(name, record);
            if (left.TryGetValue(name, out long more) && more > 0)
            {
                left[name] = more - 1;
                if (counts)
                {
                    collections[name].Collector.Add(record, StepFields.Of(record));
                }
            }

            if (records % 4096 == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                progress?.Invoke(reader.BytesRead, total);
            }
        }

        // Where files were deleted meanwhile the figures are those of what is left, which the next update reads anew.
        foreach ((RunName name, Collection collection) in collections.Where(pair => left[pair.Key] == 0))
        {
            _collections[name] = collection;
        }

        _last = default;
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
        foreach ((RunName name, Collection collection) in _collections)
        {
            var codec = new StateWriter();
            codec.Value(collection.Returns);
            collection.Collector.Carry(codec);
            store.Put(BlockOf(name), 0, codec.ToArray());
        }
    }

    private static string BlockOf(RunName name) => $"run/{name}";

    private Collection CollectionOf(RunName name)
    {
        if (!_collections.TryGetValue(name, out Collection? collection))
        {
            collection = new Collection(new RunCollector(), 0);
            if (store.Get(BlockOf(name), 0) is { } bytes)
            {
                var codec = new StateReader(bytes);
                collection = collection with { Returns = codec.Value(0) };
                collection.Collector.Carry(codec);
            }

            _collections.Add(name, collection);
        }

        return collection;
    }

    /// <summary>The figures of a run, and how many of its returns to an earlier step are taken into account in them.</summary>
    private sealed record Collection(RunCollector Collector, int Returns);
}
