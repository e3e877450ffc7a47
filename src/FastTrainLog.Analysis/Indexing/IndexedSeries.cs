using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Analysis.Scalars;
using FastTrainLog.Reading;
using FastTrainLog.State;

namespace FastTrainLog.Indexing;

/// <summary>Adds the points of records to the series of an index.</summary>
internal sealed class IndexedSeries(IndexStore store)
{
    // A series takes up to 100 KiB while it is open; those that were not used recently are saved to the index.
    private const int MostOpen = 512;

    /// <summary>The series of the times at which the steps were logged, in seconds since 1970; it is not among the run's own series.</summary>
    public const string Times = ".time";

    /// <summary>The series of the epochs of the steps; it is not among the run's own series.</summary>
    public const string Epochs = ".epoch";

    private readonly Dictionary<RunName, Run> _runs = [];
    private readonly List<(string Tag, double Value)> _scalars = [];
    private int _open;

    public void Add(in StoredRecord record, RunName name)
    {
        if (name.Id is null)
        {
            return;
        }

        if (!_runs.TryGetValue(name, out Run? run))
        {
            _runs.Add(name, run = new Run(store, name));
        }

        _scalars.Clear();
        long step = run.Scalars.Read(record, _scalars);
        if (StepFields.StepOf(record) is not null)
        {
            _scalars.Add((Times, (record.Time - DateTime.UnixEpoch).TotalSeconds));
            if (record.GetInt64("Epoch"u8) is { } epoch)
            {
                _scalars.Add((Epochs, epoch));
            }
        }

        foreach ((string tag, double value) in _scalars)
        {
            if (!run.Writers.TryGetValue(tag, out SeriesWriter? writer))
            {
                if (_open == MostOpen)
                {
                    Save();
                }

                run.Writers.Add(tag, writer = new SeriesWriter(store, NameOf(name, tag)));
                if (!tag.StartsWith('.'))
                {
                    run.Tags.Add(tag);
                }

                _open++;
            }

            writer.Add(step, value);
        }
    }

    /// <summary>Writes the points that are not written yet.</summary>
    public void Save()
    {
        foreach (Run run in _runs.Values)
        {
            foreach (SeriesWriter writer in run.Writers.Values)
            {
                writer.Save();
            }

            run.Writers.Clear();
            run.Save();
        }

        _open = 0;
    }

    /// <summary>Returns the names of a run's series.</summary>
    public static IReadOnlyList<string> TagsOf(IndexStore store, RunName name) => [.. new Run(store, name).Tags];

    public static string NameOf(RunName run, string tag) => $"series/{run}/{tag}";

    private sealed class Run
    {
        private readonly IndexStore _store;
        private readonly string _name;

        public Run(IndexStore store, RunName name)
        {
            _store = store;
            _name = $"tags/{name}";
            if (store.Get(_name, 0) is { } bytes)
            {
                var codec = new StateReader(bytes);
                List<string> tags = [];
                codec.List(tags, codec.Text);
                Tags.UnionWith(tags);
                Scalars.Carry(codec);
            }

        }

        public RecordScalars Scalars { get; } = new();

        public SortedSet<string> Tags { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, SeriesWriter> Writers { get; } = [];

        public void Save()
        {
            var codec = new StateWriter();
            codec.List([.. Tags], codec.Text);
            Scalars.Carry(codec);
            _store.Put(_name, 0, codec.ToArray());
        }
    }
}
