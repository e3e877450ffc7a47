using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Reading;

namespace FastTrainLog.Tool.Export.TensorBoard;

/// <summary>A log as event files for TensorBoard: a directory for each run, a file in it.</summary>
internal sealed class TensorBoardExport : IExport
{
    private readonly string _directory;
    private readonly bool _force;
    private readonly Dictionary<RunName, RunEvents> _runs = [];
    private readonly RunDirectories _directories = new();
    private readonly PendingOutput _pending = new();

    /// <param name="directory">The directory, for <c>tensorboard --logdir</c>.</param>
    /// <param name="force">Whether existing files are replaced.</param>
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

    public void Add(in StoredRecord record, RunName run)
    {
        // Outside of runs nothing has a step.
        if (run.Id is null)
        {
            return;
        }

        if (!_runs.TryGetValue(run, out RunEvents? events))
        {
            string directory = Path.Combine(_directory, _directories.Of(run));
            // TensorBoard joins all files of a directory, whatever they are called: a second one would draw every curve twice.
            string[] others = Directory.Exists(directory) ? Directory.GetFiles(directory, EventFile.Pattern) : [];
            if (others.Length > 0)
            {
                OutputFile.Require(others[0], _force);
            }

            _runs.Add(run, events = new RunEvents(Path.Combine(directory, EventFile.NameFor(record.Time)), record.Time, _pending, others));
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
            ? ["The log contains no run, so nothing was written."]
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
