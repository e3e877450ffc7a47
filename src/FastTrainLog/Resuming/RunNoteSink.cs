using System.Text.Json;
using FastTrainLog.Records;
using FastTrainLog.Training;
using static FastTrainLog.Monitoring.Snapshots.RecordReader;

namespace FastTrainLog.Resuming;

/// <summary>Keeps the notes of runs by which a later process resumes them, from their records on the backend's thread: of starts and validations, of which there are few.</summary>
/// <param name="logDirectory">The log directory.</param>
/// <param name="mode">The permissions of the notes; null for the usual ones.</param>
internal sealed class RunNoteSink(string logDirectory, UnixFileMode? mode) : ILogSink
{
    private readonly Dictionary<(string Id, int Rank), RunNote> _notes = [];
    private readonly HashSet<(string Id, int Rank)> _changed = [];

    public void Write(in LogRecord record)
    {
        if (record.EventId.Id is not (TrainingEvents.RunStarted or TrainingEvents.Validation or TrainingEvents.BestValidation or TrainingEvents.RunCompleted or TrainingEvents.RunFailed)
            || record.Category != LogCategories.TrainingProgress
            || record.Decoder.Run is not { } run)
        {
            return;
        }

        var key = (run.Id, run.Rank);
        switch (record.EventId.Id)
        {
            case TrainingEvents.RunStarted:
                _notes[key] = Start(record, run);
                _changed.Add(key);
                break;
            case TrainingEvents.Validation or TrainingEvents.BestValidation:
                TakeValidation(record, key);
                break;
            default:
                // Many runs may follow each other in one process.
                Flush();
                _notes.Remove(key);
                break;
        }
    }

    public void Flush()
    {
        foreach ((string Id, int Rank) key in _changed)
        {
            RunNotes.Write(logDirectory, _notes[key], mode);
        }

        _changed.Clear();
    }

    public void Dispose()
    {
    }

    private RunNote Start(in LogRecord record, RunContext run) => new()
    {
        RunId = run.Id,
        Rank = run.Rank,
        WorldSize = run.WorldSize,
        Model = Text(record, "Model") ?? string.Empty,
        Epochs = (int?)Integer(record, "Epochs"),
        TotalSteps = Integer(record, "TotalSteps"),
        BatchSize = (int?)Integer(record, "BatchSize"),
        LearningRate = Number(record, "LearningRate"),
        Optimizer = Text(record, "Optimizer"),
        BestMetric = Text(record, "BestMetric"),
        HigherIsBetter = Text(record, "BestOrder") == BestValidation.Highest,
        CheckpointGuard = Text(record, "CheckpointGuard") is { } guard ? Enum.Parse<CheckpointGuard>(guard) : CheckpointGuard.Flag,
        Name = Text(record, "RunName"),
        Group = Text(record, "Group"),
        Tags = Text(record, "Tags")?.Split(", "),
        Config = Config(record),
        RecordOrigin = Text(record, "command_line") is not null,
        Best = RunNotes.Read(logDirectory, run.Id, run.Rank)?.Best,
    };

    private static JsonElement? Config(in LogRecord record)
    {
        if (!record.TryGetArgument("config", out LogArgument config) || config.IsNull)
        {
            return null;
        }

        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            config.WriteJson(writer);
        }

        using JsonDocument document = JsonDocument.Parse(json.ToArray());
        return document.RootElement.Clone();
    }

    private void TakeValidation(in LogRecord record, (string Id, int Rank) key)
    {
        // A recovery may begin in the middle of a run.
        if ((_notes.GetValueOrDefault(key) ?? RunNotes.Read(logDirectory, key.Id, key.Rank)) is not { } note)
        {
            return;
        }

        double value = (note.BestMetric is null ? Number(record, "Loss") : Metrics(record).TryGetValue(note.BestMetric, out double metric) ? metric : null) ?? double.NaN;
        if (BestValidation.IsBetter(value, note.Best?.Value, note.HigherIsBetter))
        {
            _notes[key] = note with { Best = new BestValidation(value, (int)(Integer(record, "Epoch") ?? 0), Integer(record, "Step") ?? 0) };
            _changed.Add(key);
        }
    }
}
