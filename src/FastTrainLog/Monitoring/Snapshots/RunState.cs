using FastTrainLog.Records;
using FastTrainLog.Training;
using static FastTrainLog.Monitoring.Snapshots.RecordReader;

namespace FastTrainLog.Monitoring.Snapshots;

/// <summary>The state of a run, collected from its records one by one.</summary>
/// <remarks>Guarded by its owner. Its size is bounded for a run of any length: at most a few megabytes.</remarks>
internal sealed class RunState(RunContext run)
{
    private const int KeptEntries = 200;
    private const int MostTraceLength = 4096;

    private static readonly (string Name, string Argument)[] MemoryArguments =
    [
        ("managed", "ManagedBytes"), ("managed_before", "ManagedBytesBefore"), ("process", "ProcessBytes"), ("process_before", "ProcessBytesBefore"), ("gpu", "GpuBytes"),
    ];

    private readonly BoundedLog<CheckpointEntry> _checkpoints = new(KeptEntries);
    private readonly BoundedLog<ValidationEntry> _validations = new(KeptEntries);
    private readonly BoundedLog<ErrorEntry> _errors = new(KeptEntries);
    private readonly BoundedLog<IssueEntry> _issues = new(KeptEntries);
    private readonly BoundedLog<PerformanceEntry> _performance = new(KeptEntries);
    private readonly BoundedLog<ModelOperationEntry> _operations = new(KeptEntries);
    private readonly RunSeries _series = new();
    private ConfigEntry? _config;
    private ValidationEntry? _best;
    private EndEntry? _end;
    private RunPace _pace;

    public RunContext Run => run;

    public bool HasEnded => _end is not null;

    /// <summary>Gets how many records were taken.</summary>
    public long Changes { get; private set; }

    /// <summary>Gets or sets how many of them the snapshot on the disk shows; -1 where none is there.</summary>
    public long SavedChanges { get; set; } = -1;

    /// <summary>Returns whether records of an event are part of the state.</summary>
    public static bool Remembers(int eventId) => eventId
        is TrainingEvents.Step or TrainingEvents.RunStarted or TrainingEvents.EpochEnded or TrainingEvents.RunCompleted or TrainingEvents.RunFailed
        or TrainingEvents.Validation or TrainingEvents.BestValidation
        or TrainingEvents.CheckpointSaved or TrainingEvents.CheckpointFlagged or TrainingEvents.CheckpointRefused
        or TrainingEvents.Gradients or TrainingEvents.NumericalIssue or TrainingEvents.ErrorWithContext or TrainingEvents.Performance
        or TrainingEvents.ModelOperationSucceeded or TrainingEvents.ModelOperationFailed or TrainingEvents.RunPaused or TrainingEvents.PauseEnded;

    /// <summary>Adds a record of a run's event to the state.</summary>
    public void Take(in LogRecord record)
    {
        Changes++;
        if (record.EventId.Id == TrainingEvents.RunStarted)
        {
            _pace.BeginSession(record.Timestamp);
        }
        else if (record.EventId.Id is TrainingEvents.RunPaused or TrainingEvents.PauseEnded)
        {
            _pace.Rest(record.Timestamp);
        }
        else if (record.Category == LogCategories.TrainingProgress)
        {
            int id = record.EventId.Id;
            _pace.Advance(record.Timestamp, id is TrainingEvents.Validation or TrainingEvents.BestValidation || (id == TrainingEvents.Step && record.Decoder.TrainingStep is null));
        }

        switch (record.EventId.Id)
        {
            case TrainingEvents.Step:
                _series.TakeStep(record);
                break;
            case TrainingEvents.Gradients:
                _series.TakeGradients(Integer(record, "Step") ?? 0, Number(record, "GradientNorm") ?? double.NaN);
                break;
            case TrainingEvents.RunStarted:
                TakeStart(record);
                break;
            case TrainingEvents.RunCompleted or TrainingEvents.RunFailed:
                TakeEnd(record);
                break;
            case TrainingEvents.Validation or TrainingEvents.BestValidation:
                TakeValidation(record);
                break;
            case TrainingEvents.CheckpointSaved or TrainingEvents.CheckpointFlagged or TrainingEvents.CheckpointRefused:
                TakeCheckpoint(record);
                break;
            case TrainingEvents.NumericalIssue:
                TakeIssue(record);
                break;
            case TrainingEvents.ErrorWithContext when record.HasException:
                TakeError(record);
                break;
            case TrainingEvents.Performance:
                TakePerformance(record);
                break;
            case TrainingEvents.ModelOperationSucceeded or TrainingEvents.ModelOperationFailed:
                TakeOperation(record);
                break;
            default:
                break;
        }
    }

    public RunSnapshot Snapshot() => new()
    {
        Timestamp = DateTime.UtcNow,
        RunId = Run.Id,
        Rank = Run.Rank,
        WorldSize = Run.WorldSize,
        TrainingProgress = _series.LastStep,
        TrainingConfig = _config,
        Checkpoints = _checkpoints.ToList(),
        ValidationResults = _validations.ToList(),
        BestValidation = _best,
        Errors = _errors.ToList(),
        NumericalIssues = _issues.ToList(),
        PerformanceMetrics = _performance.ToList(),
        ModelOperations = _operations.ToList(),
        LeftOut = new LeftOut(
            _checkpoints.LeftOut,
            _validations.LeftOut,
            _errors.LeftOut,
            _issues.LeftOut,
            _performance.LeftOut,
            _operations.LeftOut,
            _series.LeftOut),
        Series = _series.Snapshot(),
        Outcome = _end?.Outcome ?? (_pace.IsStalled(DateTime.UtcNow) ? RunOutcome.Stalled : RunOutcome.Running),
        End = _end,
    };

    private void TakeStart(in LogRecord record) => _config = new ConfigEntry
    {
        ModelName = Text(record, "Model") ?? string.Empty,
        TotalEpochs = (int?)Integer(record, "Epochs"),
        TotalSteps = Integer(record, "TotalSteps"),
        BatchSize = (int?)Integer(record, "BatchSize"),
        LearningRate = Number(record, "LearningRate"),
        Optimizer = Text(record, "Optimizer"),
        StartTime = record.Timestamp,
    };

    private void TakeEnd(in LogRecord record) => _end = new EndEntry(
        RunOutcomes.Parse(Text(record, "Outcome")) ?? RunOutcome.Failed,
        Text(record, "Reason"),
        Time(record, "Duration") ?? default,
        Integer(record, "Steps") ?? 0,
        Number(record, "FinalLoss"),
        Number(record, "SuccessRate") ?? double.NaN,
        Integer(record, "Issues") ?? 0,
        Integer(record, "Errors") ?? 0,
        Metrics(record),
        record.Timestamp);

    private void TakeValidation(in LogRecord record)
    {
        var entry = new ValidationEntry(
            (int)(Integer(record, "Epoch") ?? 0),
            Integer(record, "Step") ?? 0,
            Number(record, "Loss") ?? double.NaN,
            Metrics(record),
            record.EventId.Id == TrainingEvents.BestValidation,
            record.Timestamp);
        _validations.Add(entry);
        _series.TakeValidation(entry.Step, entry.ValLoss);
        _best = entry.IsBest ? entry : _best;
    }

    private void TakeCheckpoint(in LogRecord record) => _checkpoints.Add(new CheckpointEntry(
        (int)(Integer(record, "Epoch") ?? 0),
        Integer(record, "Step") ?? 0,
        Number(record, "Loss") ?? double.NaN,
        Text(record, "Path") ?? string.Empty,
        Integer(record, "SizeBytes"),
        record.EventId.Id switch
        {
            TrainingEvents.CheckpointSaved => "saved",
            TrainingEvents.CheckpointFlagged => "flagged",
            _ => "refused",
        },
        Metrics(record),
        record.Timestamp));

    private void TakeIssue(in LogRecord record) => _issues.Add(new IssueEntry(
        Text(record, "Type") ?? string.Empty,
        Text(record, "Severity") ?? string.Empty,
        Text(record, "Location") ?? string.Empty,
        Integer(record, "Step"),
        Integer(record, "NaNCount"),
        Integer(record, "InfinityCount"),
        Text(record, "RecoveryAction") ?? string.Empty,
        record.Timestamp));

    private unsafe void TakeError(in LogRecord record)
    {
        byte* exception = record.Decoder.GetArgument(record.Decoder.Site.ExceptionArgument).Value;
        string type = RecordDecoder.ReadText(ref exception).ToString();
        string message = RecordDecoder.ReadText(ref exception).ToString();
        ReadOnlySpan<char> details = RecordDecoder.ReadText(ref exception);
        _errors.Add(new ErrorEntry(
            type,
            message,
            Text(record, "Category") ?? string.Empty,
            Text(record, "Operation") ?? string.Empty,
            Properties(record, "Context"),
            Text(record, "Recovery"),
            Flag(record, "Recovered"),
            Text(record, "Suggestion"),
            details[..Math.Min(details.Length, MostTraceLength)].ToString(),
            record.Step,
            record.Timestamp));
    }

    private void TakePerformance(in LogRecord record)
    {
        var memory = new Dictionary<string, long>();
        foreach ((string name, string argument) in MemoryArguments)
        {
            if (Integer(record, argument) is { } bytes)
            {
                memory.Add(name, bytes);
            }
        }

        _performance.Add(new PerformanceEntry(
            Text(record, "Operation") ?? string.Empty,
            Seconds(record, "DurationSeconds") ?? default,
            memory,
            Number(record, "GpuUtilization"),
            Number(record, "Throughput"),
            (int?)Integer(record, "BatchSize"),
            record.Timestamp));
    }

    private void TakeOperation(in LogRecord record) => _operations.Add(new ModelOperationEntry(
        Text(record, "Operation") ?? string.Empty,
        Text(record, "Model") ?? string.Empty,
        Flag(record, "Success") ?? false,
        Seconds(record, "DurationSeconds"),
        Properties(record, "Details"),
        record.Timestamp));
}
