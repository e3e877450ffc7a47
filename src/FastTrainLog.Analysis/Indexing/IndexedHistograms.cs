using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Analysis.Scalars;
using FastTrainLog.Reading;
using FastTrainLog.State;
using FastTrainLog.Training;

namespace FastTrainLog.Indexing;

/// <summary>Adds the histograms of layers to an index. To be saved once. Not thread-safe.</summary>
internal sealed class IndexedHistograms(IndexStore store)
{
    // A layer takes up to 100 KiB while it is open.
    private const int MostOpen = 256;

    private readonly ColumnWriter _columns = new();
    private readonly Dictionary<RunName, Run> _runs = [];
    private int _open;

    /// <summary>Adds the histogram of a record, if it has one.</summary>
    /// <param name="record">The record.</param>
    /// <param name="name">The run that it belongs to.</param>
    /// <param name="step">Its step.</param>
    public void Add(in StoredRecord record, RunName name, long step)
    {
        if (record.TrainingEvent == TrainingEvents.GradientHistogram && record.TryGet("Layer"u8, out StoredField layer) && MagnitudeBins.Read(record) is { } bins)
        {
            WriterOf(RunOf(name), record.Names.Get(layer.Utf8Value)).Add(step, bins);
        }
    }

    /// <summary>Removes those of a run from a step on.</summary>
    public void TakeBackFrom(RunName name, long step)
    {
        Run run = RunOf(name);
        foreach (string layer in run.Layers)
        {
            WriterOf(run, layer).TakeBackFrom(step);
        }
    }

    /// <summary>Writes those that are not written yet.</summary>
    public void Save()
    {
        foreach (Run run in _runs.Values)
        {
            if (run.Writers.Count > 0)
            {
                foreach (HistogramWriter writer in run.Writers.Values)
                {
                    writer.Save();
                }

                run.Writers.Clear();
                var codec = new StateWriter();
                codec.List(run.Layers, codec.Text);
                store.Put(LayersOf(run.Name), 0, codec.ToArray());
            }
        }

        _open = 0;
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
            _runs.Add(name, run = new Run(name, [.. LayersOf(store, name)]));
        }

        return run;
    }

    private HistogramWriter WriterOf(Run run, string layer)
    {
        if (!run.Writers.TryGetValue(layer, out HistogramWriter? writer))
        {
            if (_open == MostOpen)
            {
                Save();
            }

            _open++;
            run.Writers.Add(layer, writer = new HistogramWriter(store, _columns, NameOf(run.Name, layer)));
            if (!run.Layers.Contains(layer))
            {
                run.Layers.Add(layer);
            }
        }

        return writer;
    }

    private sealed record Run(RunName Name, List<string> Layers)
    {
        public Dictionary<string, HistogramWriter> Writers { get; } = [];
    }
}
