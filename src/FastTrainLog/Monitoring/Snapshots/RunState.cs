using FastTrainLog.Backend;
using FastTrainLog.Frontend;
using FastTrainLog.Series;
using FastTrainLog.Training;
using static FastTrainLog.Monitoring.Snapshots.RecordReader;

namespace FastTrainLog.Monitoring.Snapshots;

/// <summary>What is remembered of a run, taken from its records one by one.</summary>
/// <remarks>Guarded by whoever holds it. Its size is bounded whatever the run's length: a few megabytes at the very most.</remarks>
internal sealed class RunState
{
    private const int KeptEntries = 200;
    private const int MostMetricSeries = 32;
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
    private readonly Dictionary<string, MetricSeries> _series = [];
    private readonly Dictionary<string, MetricSeries> _metricSeries = [];
    private readonly HashSet<string> _seriesLeftOut = [];
    private readonly LastStep _step = new();
    private readonly MetricSeries _loss;
    private readonly MetricSeries _learningRate;
    private readonly MetricSeries _gradientNorm;
    private readonly MetricSeries _accuracy;
    private readonly MetricSeries _throughput;
    private readonly MetricSeries _validationLoss;
    private StepColumns? _columns;
    private bool _hasStep;
    private ConfigEntry? _config;
    private ValidationEntry? _best;
    private OutcomeEntry? _outcome;

    public RunState(RunContext run)
    {
        Run = run;
        _loss = Own("loss");
        _learningRate = Own("learning_rate");
        _gradientNorm = Own("gradient_norm");
        _accuracy = Own("accuracy");
        _throughput = Own("throughput");
        _validationLoss = Own("validation_loss");
    }

    public RunContext Run { get; }

    public bool HasEnded => _outcome is not null;

    /// <summary>Returns the category of the records that are remembered of an event, or null where none is.</summary>
    public static string? CategoryOf(int eventId) => eventId switch
    {
        TrainingEvents.Step or TrainingEvents.RunStarted or TrainingEvents.RunCompleted or TrainingEvents.RunFailed
            or TrainingEvents.Validation or TrainingEvents.BestValidation
            or TrainingEvents.CheckpointSaved or TrainingEvents.CheckpointFlagged or TrainingEvents.CheckpointRefused => LogCategories.TrainingProgress,
        TrainingEvents.Gradients or TrainingEvents.NumericalIssue => LogCategories.NumericalStability,
        TrainingEvents.ErrorWithContext => LogCategories.Errors,
        TrainingEvents.Performance => LogCategories.Performance,
        TrainingEvents.ModelOperationSucceeded or TrainingEvents.ModelOperationFailed => LogCategories.ModelOperations,
        _ => null,
    };

    /// <summary>Takes what there is to remember of a record; one of another's that shares the number of an event is read as far as its arguments are the same.</summary>
    public void Take(in LogRecord record)
    {
        switch (record.EventId.Id)
        {
            case TrainingEvents.Step:
                TakeStep(record);
                break;
            case TrainingEvents.Gradients:
                _gradientNorm.Add(Integer(record, "Step") ?? 0, Number(record, "GradientNorm") ?? double.NaN);
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
        RunId = Run.Id,
        Rank = Run.Rank,
        WorldSize = Run.WorldSize,
        TrainingProgress = _hasStep ? _step.ToEntry() : null,
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
            _seriesLeftOut.Count),
        Series = _series.ToDictionary(pair => pair.Key, pair => pair.Value.Snapshot()),
        Outcome = _outcome,
    };

    private MetricSeries Own(string name)
    {
        var series = new MetricSeries();
        _series.Add(name, series);
        return series;
    }

    private void TakeStep(in LogRecord record)
    {
        _columns = StepColumns.Of(record, _columns);
        if (!_columns.AreWhole)
        {
            return;
        }

        _step.Read(record, _columns);
        _hasStep = true;
        _loss.Add(_step.Step, _step.Loss);
        _learningRate.Add(_step.Step, _step.LearningRate);
        AddIfKnown(_gradientNorm, _step.GradientNorm);
        AddIfKnown(_accuracy, _step.Accuracy);
        AddIfKnown(_throughput, _step.Throughput);
        for (int i = 0; i < _step.Metrics.Count; i++)
        {
            (string name, double value) = _step.Metrics[i];
            if (SeriesOf(name) is { } series)
            {
                series.Add(_step.Step, value);
            }
        }
    }

    private void AddIfKnown(MetricSeries series, double? value)
    {
        if (value is { } known)
        {
            series.Add(_step.Step, known);
        }
    }

    private MetricSeries? SeriesOf(string metric)
    {
        if (_metricSeries.TryGetValue(metric, out MetricSeries? series))
        {
            return series;
        }

        if (_metricSeries.Count == MostMetricSeries)
        {
            if (_seriesLeftOut.Count < KeptEntries)
            {
                _seriesLeftOut.Add(metric);
            }

            return null;
        }

        // A metric that is called as a series of the run's own goes by a longer name.
        string name = metric;
        while (_series.ContainsKey(name))
        {
            name = "metrics." + name;
        }

        series = Own(name);
        _metricSeries.Add(metric, series);
        return series;
    }

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

    private void TakeEnd(in LogRecord record) => _outcome = new OutcomeEntry(
        record.EventId.Id == TrainingEvents.RunCompleted,
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
        _validationLoss.Add(entry.Step, entry.ValLoss);
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
        byte* exception = record.GetArgument(record.Decoder.Site.ExceptionArgument).Value;
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
