using FastTrainLog.Monitoring.Snapshots;
using FastTrainLog.Records;

namespace FastTrainLog.Monitoring.Terminal;

/// <summary>The shown state of a run, from its records: every figure was logged by the run, or is from its clock.</summary>
internal sealed class RunView(RunContext run)
{
    private StepColumns? _columns;
    private StepSpeed _speed = new();
    private EpochRow? _row;
    private DateTime _latest;
    private long _epoch;
    private long _step;
    private long? _totalSteps;
    private double? _percent;
    private double _loss = double.NaN;
    private TimeSpan? _eta;
    private double? _validation;
    private double? _best;
    private bool _isBest;

    public RunContext Run => run;

    public RunHead Head { get; private set; } = new();

    /// <summary>Gets whether its start record was seen; false if this log only reports how the run of another process ended.</summary>
    public bool HasStart => Head.Started != default;

    public bool HasStep { get; private set; }

    public double SecondsPerStep => run.MeanStepSeconds;

    /// <summary>Gets how fast the steps so far were.</summary>
    public StepSpeed Speed => _speed;

    public long? BestEpoch { get; private set; }

    public long? BestStep { get; private set; }

    /// <summary>Gets the time of the last record.</summary>
    public DateTime Latest => _latest;

    public void TakeStart(in LogRecord record) => (Head, _latest) = (RunHead.Of(record), record.Timestamp);

    /// <summary>Adds a training step.</summary>
    /// <returns>The preceding row; null for none.</returns>
    public EpochRow? TakeStep(in LogRecord record, long step)
    {
        _columns = StepColumns.Of(record, _columns);
        (HasStep, _step, _latest) = (true, step, record.Timestamp);
        _columns.Read(record, _columns.Epoch).TryGetInt64(out _epoch);
        _totalSteps = _columns.Read(record, _columns.TotalSteps).TryGetInt64(out long total) ? total : null;
        _percent = _columns.Read(record, _columns.Progress).TryGetDouble(out double percent) ? percent : null;
        _loss = _columns.Read(record, _columns.Loss).TryGetDouble(out double loss) ? loss : double.NaN;
        _eta = _columns.Read(record, _columns.Eta).TryGetInt64(out long ticks) ? new TimeSpan(ticks) : null;
        _speed.Add(
            step,
            _columns.Read(record, _columns.StepSeconds).TryGetDouble(out double seconds) ? seconds : null,
            _columns.Read(record, _columns.Throughput).TryGetDouble(out double throughput) ? throughput : null,
            record.Timestamp);
        return TakeRow();
    }

    /// <summary>Adds a pause that has ended.</summary>
    public void TakePause(in LogRecord record)
    {
        if (RecordReader.Seconds(record, "PausedSeconds") is { } pause)
        {
            _speed.Exclude(pause);
        }
    }

    /// <summary>Adds the end of an epoch.</summary>
    /// <returns>The preceding row; null for none.</returns>
    public EpochRow? TakeEpoch(in LogRecord record)
    {
        _latest = record.Timestamp;
        long epoch = RecordReader.Integer(record, "Epoch") ?? 0;
        EpochRow? before = _row is { HasEnded: false } validated && validated.Epoch == epoch ? null : TakeRow();
        _row ??= new EpochRow();
        (_row.Epoch, _row.HasEnded, _row.Loss) = (epoch, true, RecordReader.Number(record, "Loss"));
        _row.Time = RecordReader.Seconds(record, "DurationSeconds");
        return before;
    }

    /// <summary>Adds a validation.</summary>
    /// <returns>The preceding row; null for none.</returns>
    public EpochRow? TakeValidation(in LogRecord record)
    {
        _latest = record.Timestamp;
        long epoch = RecordReader.Integer(record, "Epoch") ?? 0;
        EpochRow? before = _row is { Validation: null } ended && ended.Epoch == epoch ? null : TakeRow();
        _row ??= new EpochRow { Epoch = epoch, Loss = HasStep ? _loss : null };
        _row.Step = RecordReader.Integer(record, "Step");
        _row.Validation = RecordReader.Number(record, "Loss");
        _row.IsBest = record.EventId.Id == Training.TrainingEvents.BestValidation;
        if (Head.BestMetric is { } metric && RecordReader.Metrics(record).TryGetValue(metric, out double value))
        {
            _row.Metric = value;
        }

        _validation = Head.BestMetric is null ? _row.Validation : _row.Metric;
        _isBest = _row.IsBest;
        if (_isBest)
        {
            (_best, BestEpoch, BestStep) = (_validation, epoch, _row.Step);
        }
        else
        {
            _best = RecordReader.Number(record, "Best");
            BestStep ??= RecordReader.Integer(record, "BestStep");
        }

        return before;
    }

    /// <summary>Adds the gradients' health over an epoch that has just ended.</summary>
    public void TakeHealth(in LogRecord record)
    {
        if (_row is { HasEnded: true } row && row.Epoch == RecordReader.Integer(record, "Epoch"))
        {
            row.GradientNorm = RecordReader.Number(record, "MeanNorm");
        }
    }

    /// <summary>Returns and removes the row to which nothing more can be added.</summary>
    public EpochRow? TakeRow()
    {
        EpochRow? row = _row;
        _row = null;
        return row;
    }

    /// <summary>Returns the progress of the run.</summary>
    /// <param name="isOneOfSeveral">Whether it must contain the name of the run.</param>
    public RunProgress ToProgress(bool isOneOfSeveral) => new()
    {
        Label = isOneOfSeveral ? SafeLine.Of(Head.Label) : null,
        Epoch = _epoch,
        Epochs = Head.Epochs,
        Step = _step,
        TotalSteps = _totalSteps,
        Percent = _percent,
        Loss = _loss,
        Eta = _eta,
        SecondsPerStep = SecondsPerStep,
        Validation = _validation,
        ValidationName = Head.BestMetric is { } metric ? SafeLine.Of(metric) : null,
        Best = _best,
        IsBest = _isBest,
        Elapsed = _latest - Head.Started,
    };
}
