using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Analysis.Scalars;
using FastTrainLog.Reading;
using FastTrainLog.State;
using FastTrainLog.Training;

namespace FastTrainLog.Indexing;

/// <summary>Adds the points of records to the series of an index, and their histograms.</summary>
/// <remarks>Where there are many points, another thread adds them to the series and compresses these. To be saved once. Not thread-safe.</remarks>
internal sealed class IndexedSeries(IndexStore store) : IDisposable
{
    /// <summary>The series of the times at which the steps were logged, in seconds since 1970; it is not among the run's own series.</summary>
    public const string Times = ".time";

    /// <summary>The series of the epochs of the steps; it is not among the run's own series.</summary>
    public const string Epochs = ".epoch";

    /// <summary>The series of the steps whose gradients were measured, 1 for one that was clipped and 0 for another; it is not among the run's own series.</summary>
    public const string Clipped = ".clipped";

    // A series takes up to 100 KiB while it is open. The points of others wait, 16 bytes each, until there are so many that opening every series once takes
    // less time than adding them.
    private const int MostOpen = 512;
    private const int MostWaiting = 524_288;
    private const int BatchPoints = 8192;
    private const int MostBatches = 4;

    private readonly Dictionary<RunName, Run> _runs = [];
    private readonly List<(string Tag, double Value)> _scalars = [];
    private readonly IndexedHistograms _histograms = new(store);
    private readonly BlockingCollection<List<Point>> _full = new(MostBatches);
    private readonly ConcurrentBag<List<Point>> _empty = [];
    private List<Point> _batch = new(BatchPoints);
    private (RunName Name, Run? Run) _last;
    private Thread? _thread;
    private volatile Exception? _failure;

    // Those that have open series; only who writes the points uses them.
    private readonly HashSet<Run> _openRuns = [];
    private int _open;
    private int _waiting;

    public void Add(in StoredRecord record, RunName name)
    {
        if (name.Id is null)
        {
            return;
        }

        if (_last.Run is not { } run || !_last.Name.Equals(name))
        {
            if (!_runs.TryGetValue(name, out run))
            {
                _runs.Add(name, run = new Run(store, name));
            }

            _last = (name, run);
        }

        if (record.TrainingEvent == TrainingEvents.RunStarted)
        {
            run.BeginSession();
            _batch.Add(new Point(run, null, long.MaxValue, 0));
        }

        _scalars.Clear();
        long? training = record.TrainingStep;
        if (training is { } reached && run.Steps.GoesBack(reached))
        {
            _batch.Add(new Point(run, null, reached, 0));
            _histograms.TakeBackFrom(name, reached);
        }

        long step = run.Scalars.Read(record, _scalars);
        _histograms.Add(record, name, step);
        if (training is not null)
        {
            _scalars.Add((Times, (record.Time - DateTime.UnixEpoch).TotalSeconds));
            if (record.GetInt64("Epoch"u8) is { } epoch)
            {
                _scalars.Add((Epochs, epoch));
            }
        }

        if (run.Clipping.Read(record) is { } isClipped)
        {
            _scalars.Add((Clipped, isClipped ? 1.0 : 0.0));
        }

        foreach ((string tag, double value) in _scalars)
        {
            _batch.Add(new Point(run, tag, step, value));
        }

        if (_batch.Count >= BatchPoints)
        {
            HandOver();
        }
    }

    /// <summary>Writes the points that are not written yet.</summary>
    public void Save()
    {
        if (_thread is not null)
        {
            HandOver();
            Join();
            ThrowFailure();
        }
        else
        {
            Write(_batch);
        }

        SaveOpen();
        _histograms.Save();
    }

    public void Dispose()
    {
        // What the thread has not written is not needed: the transaction is rolled back.
        _failure ??= new ObjectDisposedException(nameof(IndexedSeries));
        Join();
        _full.Dispose();
    }

    /// <summary>Returns the names of a run's series.</summary>
    public static IReadOnlyList<string> TagsOf(IndexStore store, RunName name) => [.. new Run(store, name).Tags];

    public static string NameOf(RunName run, string tag) => $"series/{run}/{tag}";

    private void HandOver()
    {
        ThrowFailure();
        if (_thread is null)
        {
            _thread = new Thread(WriteAll) { IsBackground = true, Name = "FastTrainLog index" };
            _thread.Start();
        }

        _full.Add(_batch);
        _batch = _empty.TryTake(out List<Point>? emptied) ? emptied : new List<Point>(BatchPoints);
    }

    private void Join()
    {
        _full.CompleteAdding();
        _thread?.Join();
        _thread = null;
    }

    private void ThrowFailure()
    {
        if (_failure is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    // After a failure the batches are taken all the same, so that who hands them over never waits for ever.
    private void WriteAll()
    {
        foreach (List<Point> batch in _full.GetConsumingEnumerable())
        {
            try
            {
                if (_failure is null)
                {
                    Write(batch);
                }
            }
            catch (Exception exception)
            {
                // It is thrown by the thread that reads the log.
                _failure = exception;
            }

            batch.Clear();
            _empty.Add(batch);
        }
    }

    private void Write(List<Point> points)
    {
        foreach (Point point in points)
        {
            if (point.Tag is not { } tag)
            {
                TakeBack(point.Run, point.Step);
                continue;
            }

            OpenWriter<SeriesWriter, (long Step, double Value)> series = SeriesOf(point.Run, tag);
            if (series.Writer is { } writer)
            {
                writer.Add(point.Step, point.Value);
                continue;
            }

            series.Waiting.Add((point.Step, point.Value));
            if (++_waiting == MostWaiting)
            {
                SaveOpen();
            }
        }
    }

    // Also of series that have no point of the repeated steps.
    private void TakeBack(Run run, long step)
    {
        _openRuns.Add(run);
        if (step == long.MaxValue)
        {
            return;
        }

        // They are opened again in the order of the records.
        Save(run);
        foreach (string tag in (string[])[.. run.Tags, Times, Epochs])
        {
            SeriesWriter writer = Open(run, tag);
            writer.TakeBackFrom(step);
            writer.Save();
        }
    }

    private OpenWriter<SeriesWriter, (long Step, double Value)> SeriesOf(Run run, string tag)
    {
        // Most records have the same series as the one before, in the same order.
        int place = run.Next;
        if ((place >= run.Order.Count || !ReferenceEquals(run.Order[place].Tag, tag)) && !run.Places.TryGetValue(tag, out place))
        {
            _openRuns.Add(run);
            SeriesWriter? writer = _open < MostOpen ? Open(run, tag) : null;
            _open += writer is null ? 0 : 1;
            place = run.Order.Count;
            run.Places.Add(tag, place);
            run.Order.Add((tag, new(writer)));
            if (!tag.StartsWith('.'))
            {
                run.Tags.Add(tag);
            }
        }

        run.Next = place + 1 == run.Order.Count ? 0 : place + 1;
        return run.Order[place].Series;
    }

    private SeriesWriter Open(Run run, string tag) => new(store, NameOf(run.Name, tag));

    private void SaveOpen()
    {
        foreach (Run run in _openRuns)
        {
            Save(run);
        }

        _openRuns.Clear();
    }

    private void Save(Run run)
    {
        foreach ((string tag, OpenWriter<SeriesWriter, (long Step, double Value)> series) in run.Order)
        {
            _open -= series.Writer is null ? 0 : 1;
            _waiting -= series.Waiting.Count;
            SeriesWriter writer = series.Writer ?? Open(run, tag);
            foreach ((long step, double value) in series.Waiting)
            {
                writer.Add(step, value);
            }

            writer.Save();
        }

        run.Places.Clear();
        run.Order.Clear();
        run.Next = 0;
        run.Save(store);
    }

    /// <summary>A point of a series; without a tag, a return of the run to the step, from which on all its series are taken back.</summary>
    private readonly record struct Point(Run Run, string? Tag, long Step, double Value);

    private sealed class Run
    {
        private readonly string _block;

        public Run(IndexStore store, RunName name)
        {
            Name = name;
            _block = $"tags/{name}";
            if (store.Get(_block, 0) is { } bytes)
            {
                var codec = new StateReader(bytes);
                List<string> tags = [];
                codec.List(tags, codec.Text);
                Tags.UnionWith(tags);
                Carry(codec);
            }
        }

        public RunName Name { get; }

        public RecordScalars Scalars { get; } = new();

        public StepOrder Steps { get; } = new();

        public ClippedSteps Clipping { get; private set; } = new();

        public SortedSet<string> Tags { get; } = new(StringComparer.Ordinal);

        /// <summary>Gets the series that are added to, in the order in which they came.</summary>
        public List<(string Tag, OpenWriter<SeriesWriter, (long Step, double Value)> Series)> Order { get; } = [];

        /// <summary>Gets their places in that order.</summary>
        public Dictionary<string, int> Places { get; } = [];

        /// <summary>Gets or sets which of them is expected next.</summary>
        public int Next { get; set; }

        public void BeginSession()
        {
            Steps.BeginSession();
            Clipping = new ClippedSteps();
        }

        public void Save(IndexStore store)
        {
            var codec = new StateWriter();
            codec.List([.. Tags], codec.Text);
            Carry(codec);
            store.Put(_block, 0, codec.ToArray());
        }

        private void Carry(StateCodec codec)
        {
            Scalars.Carry(codec);
            Clipping.Carry(codec);
            Steps.Carry(codec);
        }
    }
}
