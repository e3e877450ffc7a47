using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Reading;
using FastTrainLog.Shipping.TensorBoard;

namespace FastTrainLog.Tool.Export.TensorBoard;

/// <summary>A log as event files for TensorBoard: a directory for each run, a file in it.</summary>
internal sealed class TensorBoardExport : IExport
{
    private readonly string _directory;
    private readonly bool _force;
    private readonly Dictionary<RunName, (EventOutput Output, RunEvents Events)> _runs = [];
    private readonly RunDirectories _directories = new();
    private readonly PendingOutput _pending = new();

    /// <param name="directory">The directory, for <c>tensorboard --logdir</c>.</param>
    /// <param name="force">Whether existing files are replaced.</param>
    public TensorBoardExport(string directory, bool force)
    {
        EventOutput.RequireNoFile(directory);
        _directory = directory;
        _force = force;
    }

    public bool NeedsPreparation => false;

    public void Prepare(in StoredRecord record)
    {
    }

    public void Add(in StoredRecord record, RunName run)
    {
        // Outside of runs nothing has a step.
        if (run.Id is null)
        {
            return;
        }

        if (!_runs.TryGetValue(run, out (EventOutput Output, RunEvents Events) found))
        {
            var output = new EventOutput(Path.Combine(_directory, _directories.Of(run)), record.Time, _pending, _force);
            _runs.Add(run, found = (output, new RunEvents(output.File)));
        }

        found.Events.Add(record);
    }

    public IReadOnlyList<string> Complete()
    {
        foreach ((EventOutput output, _) in _runs.Values)
        {
            output.Complete();
        }

        return _runs.Count == 0
            ? ["The log contains no run, so nothing was written."]
            : [.. _runs.Values.Select(run => $"{run.Output.Path}: {run.Events.Scalars} scalars, {run.Events.Histograms} histograms, {run.Events.Texts} texts"), EventOutput.HintFor(_directory)];
    }

    public void Dispose()
    {
        foreach ((EventOutput output, _) in _runs.Values)
        {
            output.Dispose();
        }
    }
}
