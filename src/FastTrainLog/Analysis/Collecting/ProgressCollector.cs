using FastTrainLog.Analysis.Statistics;
using FastTrainLog.Reading;
using FastTrainLog.Series;
using FastTrainLog.Training;

namespace FastTrainLog.Analysis.Collecting;

/// <summary>Collects how far a run came and how fast.</summary>
internal sealed class ProgressCollector
{
    private const int MostMetrics = 64;
    private const double Flat = 0.02;

    private static readonly int[] EtaPercents = [10, 25, 50, 75, 90];

    private readonly ValueTracker _loss = new();
    private readonly ValueTracker _accuracy = new();
    private readonly ValueTracker _learningRate = new();
    private readonly MetricSeries _throughputSeries = new();
    private readonly QuantileSketch _throughput = new();
    private readonly Dictionary<string, ValueTracker> _metrics = [];
    private readonly List<(int Percent, long Step, DateTime Time, TimeSpan Eta)> _etas = [];
    private readonly ThinnedList<EpochFigures> _epochs = new();
    private readonly ThinnedList<ValidationFigures> _validations = new();
    private readonly ThinnedList<CheckpointFigures> _checkpoints = new();
    private Smoother _smoother;
    private (double Value, long Step) _bestSmoothed = (double.PositiveInfinity, 0);
    private ValidationFigures? _best;
    private double _samples;
    private double _sampleSeconds;
    private long _flagged;
    private long _refused;
    private DateTime _firstStepTime;
    private DateTime _lastStepTime;

    /// <summary>Gets how many steps there were.</summary>
    public long Steps { get; private set; }

    /// <summary>Gets the number of the last one.</summary>
    public long? LastStep { get; private set; }

    public void AddStep(in StepFields step)
    {
        _firstStepTime = Steps++ == 0 ? step.Time : _firstStepTime;
        _lastStepTime = step.Time;
        LastStep = step.Step;
        if (!step.IsTraining)
        {
            return;
        }

        AddTo(_loss, step.Step, step.Loss);
        AddTo(_accuracy, step.Step, step.Accuracy);
        AddTo(_learningRate, step.Step, step.LearningRate);
        if (step.Loss is { } loss && double.IsFinite(loss))
        {
            _smoother.Add(loss);
            if (_smoother.IsSettled && _smoother.Mean < _bestSmoothed.Value)
            {
                _bestSmoothed = (_smoother.Mean, step.Step);
            }
        }

        if (step.Throughput is { } throughput)
        {
            _throughput.Add(throughput);
            _throughputSeries.Add(step.Step, throughput);
            double seconds = step.Seconds ?? 0.0;
            _samples += throughput * seconds;
            _sampleSeconds += seconds;
        }

        if (step is { Progress: { } progress, Eta: { } eta } && _etas.Count < EtaPercents.Length && progress >= EtaPercents[_etas.Count])
        {
            _etas.Add((EtaPercents[_etas.Count], step.Step, step.Time, eta));
        }

        AddMetrics(step);
    }

    public void Add(in StoredRecord record)
    {
        switch (record.EventId)
        {
            case TrainingEvents.EpochEnded:
                _epochs.Add(new EpochFigures(
                    record.GetInt64("Epoch"u8) ?? 0,
                    record.GetDouble("Loss"u8) ?? double.NaN,
                    record.GetDouble("DurationSeconds"u8) ?? double.NaN,
                    record.GetDouble("Throughput"u8),
                    record.GetInt64("Steps"u8) ?? 0));
                break;
            case TrainingEvents.Validation or TrainingEvents.BestValidation:
                AddValidation(record);
                break;
            case TrainingEvents.CheckpointSaved:
                AddCheckpoint(record, "saved");
                break;
            case TrainingEvents.CheckpointFlagged:
                _flagged++;
                AddCheckpoint(record, "flagged");
                break;
            case TrainingEvents.CheckpointRefused:
                _refused++;
                AddCheckpoint(record, "refused");
                break;
        }
    }

    public ProgressFigures ToFigures(TimeSpan duration, long? totalSteps) => new(
        Steps,
        LastStep,
        totalSteps,
        totalSteps > 0 ? 100.0 * LastStep / totalSteps : null,
        duration.TotalSeconds,
        Steps > 1 && _lastStepTime > _firstStepTime ? (Steps - 1) / (_lastStepTime - _firstStepTime).TotalSeconds : null,
        _loss.ToFigures(),
        Trend(),
        _accuracy.ToFigures(),
        _learningRate.ToFigures(),
        _throughput.Count == 0 ? null : new ThroughputFigures(_samples / _sampleSeconds, _throughput.ToFigures(), _throughputSeries.ToPoints()),
        _metrics.ToDictionary(metric => metric.Key, metric => metric.Value.ToFigures()!),
        LastStep >= totalSteps ? [.. _etas.Select(EtaAgainstActual)] : [],
        _epochs.Kept,
        _epochs.Count,
        _validations.Kept,
        _validations.Count,
        _best,
        _checkpoints.Kept,
        _checkpoints.Count - _refused,
        _flagged,
        _refused);

    private static void AddTo(ValueTracker tracker, long step, double? value)
    {
        if (value is { } known)
        {
            tracker.Add(step, known);
        }
    }

    private TrendFigures? Trend()
    {
        if (!_smoother.IsSettled)
        {
            return null;
        }

        double slope = _loss.Series.Slope(0.25);
        double steps = Math.Min(1000.0, Steps / 4.0);
        double moved = slope * steps / Math.Abs(_smoother.Mean);
        string direction = moved > Flat ? "rising" : moved < -Flat ? "falling" : "flat";
        return new TrendFigures(_smoother.Mean, _bestSmoothed.Value, _bestSmoothed.Step, slope * 1000.0, direction);
    }

    private EtaFigures EtaAgainstActual((int Percent, long Step, DateTime Time, TimeSpan Eta) eta)
    {
        double actual = (_lastStepTime - eta.Time).TotalSeconds;
        return new EtaFigures(eta.Percent, eta.Step, eta.Eta.TotalSeconds, actual, 100.0 * (eta.Eta.TotalSeconds - actual) / actual);
    }

    private void AddMetrics(in StepFields step)
    {
        if (!step.Record.TryGet("Metrics"u8, out StoredField metrics) || metrics.Utf8Value.Length <= 2)
        {
            return;
        }

        foreach (StoredField metric in metrics.GetFields())
        {
            if (metric.TryGetDouble(out double value))
            {
                string name = step.Record.Names.Get(metric.Utf8Name);
                if (!_metrics.TryGetValue(name, out ValueTracker? tracker))
                {
                    if (_metrics.Count == MostMetrics)
                    {
                        continue;
                    }

                    _metrics.Add(name, tracker = new ValueTracker());
                }

                tracker.Add(step.Step, value);
            }
        }
    }

    private void AddValidation(in StoredRecord record)
    {
        var metrics = new Dictionary<string, double>();
        if (record.TryGet("Metrics"u8, out StoredField fields))
        {
            foreach (StoredField field in fields.GetFields())
            {
                if (field.TryGetDouble(out double value))
                {
                    metrics[field.GetName()] = value;
                }
            }
        }

        bool isBest = record.EventId == TrainingEvents.BestValidation;
        var validation = new ValidationFigures(
            record.Time, record.GetInt64("Epoch"u8) ?? 0, record.GetInt64("Step"u8) ?? 0, record.GetDouble("Loss"u8) ?? double.NaN, isBest, metrics);
        _validations.Add(validation);
        _best = isBest ? validation : _best;
    }

    private void AddCheckpoint(in StoredRecord record, string outcome) => _checkpoints.Add(new CheckpointFigures(
        record.Time,
        record.GetInt64("Step"u8) ?? 0,
        record.GetDouble("Loss"u8) ?? double.NaN,
        record.GetText("Path"u8) ?? string.Empty,
        record.GetInt64("SizeBytes"u8),
        outcome));
}
