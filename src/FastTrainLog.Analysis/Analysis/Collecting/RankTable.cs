using FastTrainLog.Reading;

namespace FastTrainLog.Analysis.Collecting;

/// <summary>Collects the figures of several ranks of a run in one reading of their log.</summary>
internal sealed class RankTable(IReadOnlyCollection<RunName> ranks, Supersession superseded)
{
    private readonly RunTracker _tracker = new();
    private readonly Dictionary<RunName, RunEntry> _entries = ranks.ToDictionary(rank => rank, rank => new RunEntry(rank));
    private readonly Dictionary<RunName, RunCollector> _collectors = ranks.ToDictionary(rank => rank, _ => new RunCollector());

    /// <summary>Reads a log directory and analyses ranks in it; repeated steps are counted once.</summary>
    public static IReadOnlyList<LogAnalysis> Read(string directory, IReadOnlyCollection<RunName> ranks, CancellationToken cancellation)
    {
        var superseded = new Supersession();
        ReadOnce(directory, new RankTable(ranks, superseded), cancellation);
        superseded.Restart();
        var table = new RankTable(ranks, superseded);
        UnreadableFigures unreadable = ReadOnce(directory, table, cancellation);
        return [.. ranks.Select(rank => table._collectors[rank].ToAnalysis(directory, table._entries[rank], [], unreadable))];
    }

    private static UnreadableFigures ReadOnce(string directory, RankTable table, CancellationToken cancellation)
    {
        using var reader = new LogReader(directory);
        for (long records = 0; reader.Read(); records++)
        {
            table.Add(reader.Current);
            if (records % 4096 == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }
        }

        return UnreadableFigures.Of(reader.Unreadable);
    }

    private void Add(in StoredRecord record)
    {
        RunName name = _tracker.RunOf(record);
        StepFields step = StepFields.Of(record);
        if (_entries.TryGetValue(name, out RunEntry? entry))
        {
            entry.Add(record, step);
        }

        if (superseded.Takes(name, record) && _collectors.TryGetValue(name, out RunCollector? collector))
        {
            collector.Add(record, step);
        }
    }
}
