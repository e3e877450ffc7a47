using FastTrainLog.Reading;

namespace FastTrainLog.Tool.Export.TensorBoard;

/// <summary>A log as event files for TensorBoard: a directory for each run, a file in it.</summary>
internal sealed class TensorBoardExport : IExport
{
    private readonly string _directory;
    private readonly bool _force;
    private readonly Dictionary<string, RunEvents> _runs = [];

    /// <param name="directory">The directory, for <c>tensorboard --logdir</c>.</param>
    /// <param name="force">Whether files that are there already are replaced.</param>
    public TensorBoardExport(string directory, bool force)
    {
        if (File.Exists(directory))
        {
            throw new ToolException($"'{directory}' is a file: name a directory, for tensorboard --logdir.");
        }

        _directory = directory;
        _force = force;
    }

    public bool NeedsPreparation => false;

    public void Prepare(in StoredRecord record)
    {
    }

    public void Add(in StoredRecord record, string? run)
    {
        // Outside of runs nothing has a step.
        if (run is null)
        {
            return;
        }

        if (!_runs.TryGetValue(run, out RunEvents? events))
        {
            string name = string.Concat(run.Select(c => Array.IndexOf(Path.GetInvalidFileNameChars(), c) < 0 ? c : '_'));
            string path = Path.Combine(_directory, name, EventFile.NameFor(record.Time));
            OutputFile.Require(path, _force);
            _runs.Add(run, events = new RunEvents(path, record.Time));
        }

        events.Add(record);
    }

    public IReadOnlyList<string> Complete()
    {
        foreach (RunEvents run in _runs.Values)
        {
            run.Complete();
        }

        return _runs.Count == 0
            ? ["The log holds no run, so nothing was written."]
            : [.. _runs.Values.Select(run => $"{run.Path}: {run.Scalars} scalars, {run.Histograms} histograms, {run.Texts} texts"), $"See them with: tensorboard --logdir {_directory}"];
    }

    public void Dispose()
    {
        foreach (RunEvents run in _runs.Values)
        {
            run.Dispose();
        }
    }
}
