using FastTrainLog.Monitoring.Snapshots;
using FastTrainLog.Reading;
using FastTrainLog.State;
using FastTrainLog.Training;

namespace FastTrainLog.Analysis.Collecting;

/// <summary>The state that is kept for every run of a log.</summary>
/// <remarks>A resumed run has several sessions: its duration is the sum of theirs, and its outcome is that of the last one.</remarks>
internal sealed class RunEntry(RunName name)
{
    private readonly BestTracker _best = new();
    private readonly RunConfiguration _configuration = new();
    private readonly StepMetrics _metrics = new();
    private string? _model;
    private DateTime _started;
    private DateTime _sessionStarted;
    private DateTime _ended;
    private TimeSpan _durationBefore;
    private TimeSpan? _duration;
    private RunOutcome? _outcome;
    private string? _signal;
    private RunPace _pace;
    private string? _reason;
    private long _records;
    private int _sessions;
    private long? _totalSteps;
    private double? _finalLoss;
    private TimeSpan? _eta;
    private int _worldSize = 1;
    private double? _learningRate;
    private double? _gradientNorm;
    private double? _throughput;
    private double? _validationLoss;

    /// <summary>Gets the number of records.</summary>
    public long Records => _records;

    /// <summary>Gets the steps.</summary>
    public StepTally Steps { get; } = new();

    /// <summary>Gets the loss of the last step; null if there is none.</summary>
    public double? LastLoss { get; private set; }

    /// <summary>Gets the best validation; null if there is none.</summary>
    public ValidationFigures? Best => _best.Best;

    /// <summary>Gets the duration of the run, the sum of all its sessions.</summary>
    public TimeSpan Duration => _durationBefore + (_duration ?? (_ended - _sessionStarted));

    /// <summary>Takes in a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="step">Its fields as those of a step.</param>
    public void Add(in StoredRecord record, in StepFields step)
    {
        DateTime time = record.Time;
        int trainingEvent = record.TrainingEvent;
        if (trainingEvent == TrainingEvents.RunFailed && record.GetInt64("Steps"u8) is null)
        {
            AddRecoveredEnd(record);
            return;
        }

        if (trainingEvent == TrainingEvents.RunAnnounced && _sessions > 0)
        {
            // Logged just before the start of the next session, so it does not belong to the last one.
            _records++;
            return;
        }

        if (trainingEvent == TrainingEvents.RunStarted)
        {
            BeginSession(time);
        }

        _started = _records++ == 0 || time < _started ? time : _started;
        _sessionStarted = _sessionStarted == default || time < _sessionStarted ? time : _sessionStarted;
        _ended = time > _ended ? time : _ended;
        if (trainingEvent is not (0 or TrainingEvents.RunStarted) && record.Category == LogCategories.TrainingProgress)
        {
            _pace.Advance(time, trainingEvent is TrainingEvents.Validation or TrainingEvents.BestValidation || (trainingEvent == TrainingEvents.Step && !step.IsStep));
        }

        switch (trainingEvent)
        {
            case TrainingEvents.SignalReceived:
                // A signal that the program handles does not end the run.
                _signal = record.TryGet("Handled"u8, out StoredField handled) && handled.Utf8Value.SequenceEqual("true"u8) ? null : record.GetText("Signal"u8);
                break;
            case TrainingEvents.RunPaused:
                _pace.Rest(time);
                break;
            case TrainingEvents.PauseEnded:
                _pace.Rest(time);
                Steps.Exclude(PauseOf(record));
                break;
            case TrainingEvents.Step when step.IsStep:
                AddStep(step);
                break;
            case TrainingEvents.Gradients:
                _gradientNorm = record.GetDouble("GradientNorm"u8) ?? _gradientNorm;
                _metrics.AddStability(record);
                break;
            case TrainingEvents.NumericalIssue:
                _metrics.AddStability(record);
                break;
            case TrainingEvents.RunStarted:
                _model = record.GetText("Model"u8);
                _totalSteps = record.GetInt64("TotalSteps"u8);
                _worldSize = RunTracker.WorldSizeOf(record) ?? _worldSize;
                _configuration.Read(record);
                _best.Start(record.GetText("BestMetric"u8), record.GetText("BestOrder"u8) == BestValidation.Highest);
                break;
            case TrainingEvents.Validation or TrainingEvents.BestValidation:
                _best.Add(ValidationFigures.Read(record));
                _validationLoss = record.GetDouble("Loss"u8) ?? _validationLoss;
                break;
            case TrainingEvents.RunCompleted or TrainingEvents.RunFailed:
                AddEnd(record);
                break;
        }
    }

    public void Carry(StateCodec codec)
    {
        codec.Text(ref _model);
        codec.Value(ref _started);
        codec.Value(ref _sessionStarted);
        codec.Value(ref _ended);
        codec.Value(ref _durationBefore);
        codec.Value(ref _duration);
        codec.Value(ref _outcome);
        codec.Text(ref _signal);
        codec.Value(ref _pace);
        codec.Text(ref _reason);
        codec.Value(ref _records);
        codec.Value(ref _sessions);
        codec.Value(ref _totalSteps);
        codec.Value(ref _finalLoss);
        codec.Value(ref _eta);
        codec.Value(ref _worldSize);
        codec.Value(ref _learningRate);
        codec.Value(ref _gradientNorm);
        codec.Value(ref _throughput);
        codec.Value(ref _validationLoss);
        _configuration.Carry(codec);
        _metrics.Carry(codec);
        LastLoss = codec.Nullable(LastLoss);
        Steps.Carry(codec);
        _best.Carry(codec);
    }

    public RunFigures ToFigures()
    {
        RunOutcome outcome = _outcome
            ?? (_signal is not null ? RunOutcome.Stopped
            : _pace.IsStalled(DateTime.UtcNow) ? RunOutcome.Stalled
            : RunOutcome.Running);
        return new(name.Id, name.Rank, _model, _started, _ended, outcome.Word(), _reason ?? _signal, _records, Steps.LastStep, _totalSteps, LastLoss, Duration.TotalSeconds, Math.Max(1, _sessions))
        {
            Title = _configuration.Title,
            Group = _configuration.Group,
            Tags = _configuration.Tags,
            Steps = Steps.Steps,
            FinalLoss = _finalLoss,
            Best = _best.Value,
            Configuration = _configuration.Values,
            WorldSize = _worldSize,
            LastLearningRate = _learningRate,
            LastGradientNorm = _gradientNorm,
            LastThroughput = _throughput,
            LastValidationLoss = _validationLoss,
            ClippedSteps = _metrics.Clipped,
            SkippedSteps = _metrics.SkippedSteps,
            StepDurations = _metrics.Durations,
            LastProgress = _pace.Last == default ? _ended : _pace.Last,
            SilenceLimit = _pace.LimitBesideOthers,
            // What was left of a run that has ended is no time that anybody waits for.
            Eta = _outcome is null && _signal is null ? _eta : null,
        };
    }

    private void BeginSession(DateTime time)
    {
        if (_sessions++ > 0)
        {
            _durationBefore = Duration;
            _sessionStarted = time;
            _ended = time;
            Steps.BeginSession();
            _metrics.BeginSession();
        }

        _duration = null;
        _outcome = null;
        _reason = null;
        _signal = null;
        _eta = null;
        _pace.BeginSession(time);
    }

    private void AddStep(in StepFields step)
    {
        _signal = null;
        Steps.Add(step);
        _metrics.AddStep(step);
        LastLoss = step.Loss ?? LastLoss;
        _learningRate = step.LearningRate ?? _learningRate;
        _gradientNorm = step.GradientNorm ?? _gradientNorm;
        _throughput = step.Throughput ?? _throughput;
        _eta = step.Eta;
    }

    private void AddEnd(in StoredRecord record)
    {
        _outcome = RunOutcomes.Parse(record.GetText("Outcome"u8)) ?? (record.EventId == TrainingEvents.RunCompleted ? RunOutcome.Completed : RunOutcome.Failed);
        _reason = record.GetText("Reason"u8);
        _duration = DurationOf(record);
        _finalLoss = record.GetDouble("FinalLoss"u8) ?? _finalLoss;
    }

    // Written by the next start, which may be days later; and a process may be killed just after the end of its run.
    private void AddRecoveredEnd(in StoredRecord record)
    {
        _records++;
        if (_outcome is null)
        {
            AddEnd(record);
            _ended = _duration is { } duration && _sessionStarted + duration > _ended ? _sessionStarted + duration : _ended;
        }
    }

    /// <summary>Returns how long a pause was that a record says has ended.</summary>
    public static TimeSpan PauseOf(in StoredRecord record) => TimeSpan.FromSeconds(record.GetDouble("PausedSeconds"u8) is > 0.0 and < 1e9 and double seconds ? seconds : 0.0);

    private static TimeSpan? DurationOf(in StoredRecord record) => record.TryGet("Duration"u8, out StoredField duration) && duration.TryGetTimeSpan(out TimeSpan span) ? span : null;
}
