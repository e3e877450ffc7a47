using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Indexing;
using FastTrainLog.Shipping.TensorBoard;

namespace FastTrainLog.Tool.Export.TensorBoard;

/// <summary>The series of runs as event files, the ranks of each run as one: TensorBoard draws the mean, the least and the greatest as curves of one chart.</summary>
internal sealed class MergedEvents : IMergedExport
{
    private readonly string _directory;
    private readonly bool _force;
    private readonly RunDirectories _directories = new();
    private readonly PendingOutput _pending = new();
    private readonly List<EventOutput> _all = [];
    private readonly Dictionary<string, EventOutput> _ofRun = [];
    private readonly List<(string Tag, double Value)> _scalar = [];
    private RunName _run;
    private DateTime _start;
    private bool _isMerged;
    private long _scalars;

    /// <param name="directory">The directory, for <c>tensorboard --logdir</c>.</param>
    /// <param name="force">Whether existing files are replaced.</param>
    public MergedEvents(string directory, bool force)
    {
        EventOutput.RequireNoFile(directory);
        _directory = directory;
        _force = force;
    }

    public void Begin(RunName run, DateTime start, int ranks)
    {
        (_run, _start, _isMerged) = (run, start, ranks > 1);
        _ofRun.Clear();
    }

    public void Add(string series, DateTime time, in IndexedBucket step)
    {
        Add("mean", series, time, step.FirstStep, step.Mean);
        if (!_isMerged)
        {
            return;
        }

        Add("minimum", series, time, step.FirstStep, step.Minimum);
        Add("maximum", series, time, step.FirstStep, step.Maximum);
        if (step.NonFiniteCount > 0)
        {
            Add("non_finite", series, time, step.FirstStep, step.NonFiniteCount);
        }
    }

    public IReadOnlyList<string> Complete()
    {
        _all.ForEach(output => output.Complete());
        return [$"{_directory}: {_scalars} scalars in {_all.Count} files", EventOutput.HintFor(_directory)];
    }

    public void Dispose() => _all.ForEach(output => output.Dispose());

    private void Add(string kind, string series, DateTime time, long step, double value)
    {
        if (!_ofRun.TryGetValue(kind, out EventOutput? output))
        {
            _ofRun.Add(kind, output = new EventOutput(Path.Combine(_directory, _directories.Of(_run), kind), _start, _pending, _force));
            _all.Add(output);
        }

        _scalar.Clear();
        _scalar.Add((series, value));
        output.File.AddScalars(step, time, _scalar);
        _scalars++;
    }
}
