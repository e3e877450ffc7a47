using FastTrainLog.Reading;
using FastTrainLog.State;

namespace FastTrainLog.Indexing;

/// <summary>The data of an index about a log, in addition to its series.</summary>
internal sealed class IndexedLog
{
    private const string State = "state";

    private readonly IndexStore _store;

    private IndexedLog(IndexStore store)
    {
        _store = store;
        Parts = new IndexedParts(store);
        Runs = new IndexedRuns(store);
    }

    public IndexedParts Parts { get; }

    public LineNames Names { get; } = new();

    public IndexedRuns Runs { get; }

    public UnreadableLines Unreadable { get; } = new();

    public static IndexedLog Load(IndexStore store)
    {
        var log = new IndexedLog(store);
        if (store.Get(State, 0) is { } bytes)
        {
            log.Carry(new StateReader(bytes));
        }

        return log;
    }

    public void Save()
    {
        Parts.Save();
        Runs.Save();
        var codec = new StateWriter();
        Carry(codec);
        _store.Put(State, 0, codec.ToArray());
    }

    private void Carry(StateCodec codec)
    {
        Parts.Carry(codec);
        Names.Carry(codec);
        Unreadable.Carry(codec);
        Runs.Carry(codec);
    }
}
