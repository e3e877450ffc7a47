using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Analysis.Scalars;
using FastTrainLog.Reading;
using FastTrainLog.State;
using FastTrainLog.Training;

namespace FastTrainLog.Indexing;

/// <summary>Adds the histograms of layers to an index. To be saved once. Not thread-safe.</summary>
internal sealed class IndexedHistograms(IndexStore store)
{
    // A layer takes up to 100 KiB while it is open. The histograms of others wait, as the points of a series do, until they are so many.
    private const int MostOpen = 256;
    private const int MostWaitingElements = 1_048_576;

    private readonly ColumnWriter _columns = new();
    private readonly Dictionary<RunName, Run> _runs = [];
    private int _open;
    private int _waitingElements;

    /// <summary>Adds the histogram of a record, if it has one.</summary>
    /// <param name="record">The record.</param>
    /// <param name="name">The run that it belongs to.</param>
    /// <param name="step">Its step.</param>
    public void Add(in StoredRecord record, RunName name, long step)
    {
        if (record.TrainingEvent == TrainingEvents.GradientHistogram && record.TryGet("Layer"u8, out StoredField layer) && MagnitudeBins.Read(record) is { } bins)
        {
            var histogram = IndexedHistogram.Of(step, bins);
            OpenWriter<HistogramWriter, IndexedHistogram> to = LayerOf(RunOf(name), record.Names.Get(layer.Utf8Value));
            if (to.Writer is { } writer)
            {
                writer.Add(histogram);
                return;
            }

            to.Waiting.Add(histogram);
            _waitingElements += histogram.Elements.Length;
            if (_waitingElements >= MostWaitingElements)
            {
                Save();
            }
        }
    }

    /// <summary>Removes those of a run from a step on.</summary>
    public void TakeBackFrom(RunName name, long step)
    {
        Save();
        foreach (string layer in RunOf(name).Names)
        {
            HistogramWriter writer = Open(name, layer);
            writer.TakeBackFrom(step);
            writer.Save();
        }
    }

    /// <summary>Writes those that are not written yet.</summary>
    public void Save()
    {
        foreach (Run run in _runs.Values)
        {
            if (run.Layers.Count > 0)
            {
                foreach ((string layer, OpenWriter<HistogramWriter, IndexedHistogram> to) in run.Layers)
                {
                    HistogramWriter writer = to.Writer ?? Open(run.Name, layer);
                    to.Waiting.ForEach(writer.Add);
                    writer.Save();
                }

                run.Layers.Clear();
                var codec = new StateWriter();
                codec.List([.. run.Names], codec.Text);
                store.Put(LayersOf(run.Name), 0, codec.ToArray());
            }
        }

        (_open, _waitingElements) = (0, 0);
    }

    /// <summary>Returns the layers of a run that have histograms, in the order in which they were logged first.</summary>
    public static IReadOnlyList<string> LayersOf(IndexStore store, RunName name)
    {
        List<string> layers = [];
        if (store.Get(LayersOf(name), 0) is { } bytes)
        {
            var codec = new StateReader(bytes);
            codec.List(layers, codec.Text);
        }

        return layers;
    }

    /// <summary>Returns the name of a layer's histograms in the store.</summary>
    public static string NameOf(RunName run, string layer) => $"{LayersOf(run)}/{layer}";

    private static string LayersOf(RunName run) => $"histograms/{run}";

    private Run RunOf(RunName name)
    {
        if (!_runs.TryGetValue(name, out Run? run))
        {
            _runs.Add(name, run = new Run(name, LayersOf(store, name)));
        }

        return run;
    }

    private OpenWriter<HistogramWriter, IndexedHistogram> LayerOf(Run run, string name)
    {
        if (!run.Layers.TryGetValue(name, out OpenWriter<HistogramWriter, IndexedHistogram>? layer))
        {
            layer = new(_open < MostOpen ? Open(run.Name, name) : null);
            _open += layer.Writer is null ? 0 : 1;
            run.Open(name, layer);
        }

        return layer;
    }

    private HistogramWriter Open(RunName run, string layer) => new(store, _columns, NameOf(run, layer));

    private sealed class Run(RunName name, IReadOnlyList<string> names)
    {
        private readonly HashSet<string> _known = new(names, StringComparer.Ordinal);
        private readonly List<string> _names = [.. names];

        public RunName Name => name;

        /// <summary>Gets the names of its layers, in the order in which they were logged first.</summary>
        public IReadOnlyList<string> Names => _names;

        /// <summary>Gets the open layers.</summary>
        public Dictionary<string, OpenWriter<HistogramWriter, IndexedHistogram>> Layers { get; } = [];

        public void Open(string layer, OpenWriter<HistogramWriter, IndexedHistogram> open)
        {
            Layers.Add(layer, open);
            if (_known.Add(layer))
            {
                _names.Add(layer);
            }
        }
    }
}
