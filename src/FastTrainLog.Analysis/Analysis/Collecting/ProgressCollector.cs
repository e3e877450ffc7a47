using FastTrainLog.Analysis.Statistics;
using FastTrainLog.Reading;
using FastTrainLog.Series;
using FastTrainLog.State;
using FastTrainLog.Training;

namespace FastTrainLog.Analysis.Collecting;

/// <summary>Collects the progress of a run and its speed.</summary>
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
    private readonly ValueTracker _validationLoss = new();
    private readonly Dictionary<string, ValueTracker> _validationMetrics = [];
    private readonly ThinnedList<EpochFigures> _epochs = new();
    private readonly ThinnedList<ValidationFigures> _validations = new();
    private readonly ThinnedList<CheckpointFigures> _checkpoints = new();
    private Smoother _smoother;
    private (double Value, long Step) _bestSmoothed = (double.PositiveInfinity, 0);
    private long _flagged;
    private long _refused;

    /// <summary>Gets the number of the last step.</summary>
    public long? LastStep { get; private set; }

    public void AddStep(in StepFields step)
    {
        LastStep = step.Step;
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
        }

        if (step is { Progress: { } progress, Eta: { } eta } && _etas.Count < EtaPercents.Length && progress >= EtaPercents[_etas.Count])
        {
            _etas.Add((EtaPercents[_etas.Count], step.Step, step.Time, eta));
        }

        AddMetrics(step);
    }

    /// <summary>Notes that the run was paused: predictions made before do not include that time.</summary>
    public void Exclude(TimeSpan pause)
    {
        for (int i = 0; i < _etas.Count; i++)
        {
            _etas[i] = _etas[i] with { Time = _etas[i].Time + pause };
        }
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
                AddValidation(ValidationFigures.Read(record));
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

    public void Carry(StateCodec codec)
    {
        _loss.Carry(codec);
        _accuracy.Carry(codec);
        _learningRate.Carry(codec);
        _throughputSeries.Carry(codec);
        _throughput.Carry(codec);
        _validationLoss.Carry(codec);
        codec.Dictionary(_metrics, codec.Text, Tracker);
        codec.Dictionary(_validationMetrics, codec.Text, Tracker);
        codec.List(_etas, codec.Value);
        _epochs.Carry(codec, epoch => new EpochFigures(
            codec.Value(epoch?.Epoch ?? 0), codec.Value(epoch?.Loss ?? 0), codec.Value(epoch?.DurationSeconds ?? 0), codec.Nullable(epoch?.Throughput), codec.Value(epoch?.Steps ?? 0)));
        _validations.Carry(codec, validation => ValidationFigures.Carry(codec, validation));
        _checkpoints.Carry(codec, checkpoint => new CheckpointFigures(
            codec.Value(checkpoint?.Time ?? default), codec.Value(checkpoint?.Step ?? 0), codec.Value(checkpoint?.Loss ?? 0), codec.Text(checkpoint?.Path), codec.Nullable(checkpoint?.SizeBytes), codec.Text(checkpoint?.Outcome)));
        codec.Value(ref _smoother);
        codec.Value(ref _bestSmoothed);
        codec.Value(ref _flagged);
        codec.Value(ref _refused);
        LastStep = codec.Nullable(LastStep);

        ValueTracker Tracker(string name, ValueTracker? tracker)
        {
            tracker ??= new ValueTracker();
            tracker.Carry(codec);
            return tracker;
        }
    }

    public ProgressFigures ToFigures(RunEntry run, long? totalSteps) => new(
        run.Steps.Steps,
        LastStep,
        totalSteps,
        totalSteps > 0 ? 100.0 * LastStep / totalSteps : null,
        run.Duration.TotalSeconds,
        run.Steps.StepsPerSecond,
        _loss.ToFigures(),
        Trend(run.Steps.Steps),
        _accuracy.ToFigures(),
        _learningRate.ToFigures(),
        _throughput.Count == 0 ? null : new ThroughputFigures(run.Steps.Throughput ?? double.NaN, _throughput.ToFigures(), _throughputSeries.ToPoints()),
        _metrics.ToDictionary(metric => metric.Key, metric => metric.Value.ToFigures()!),
        LastStep >= totalSteps ? [.. _etas.Select(eta => EtaAgainstActual(eta, run.Steps.LastTime))] : [],
        _epochs.Kept,
        _epochs.Count,
        _validations.Kept,
        _validations.Count,
        run.Best,
        _checkpoints.Kept,
        _checkpoints.Count - _refused,
        _flagged,
        _refused)
    {
        ValidationLoss = _validationLoss.ToFigures(),
        ValidationMetrics = _validationMetrics.ToDictionary(metric => metric.Key, metric => metric.Value.ToFigures()!),
    };

    private static void AddTo(ValueTracker tracker, long step, double? value)
    {
        if (value is { } known)
        {
            tracker.Add(step, known);
        }
    }

    private TrendFigures? Trend(long taken)
    {
        if (!_smoother.IsSettled)
        {
            return null;
        }

        double slope = _loss.Series.Slope(0.25);
        double steps = Math.Min(1000.0, taken / 4.0);
        double moved = slope * steps / Math.Abs(_smoother.Mean);
        string direction = moved > Flat ? "rising" : moved < -Flat ? "falling" : "flat";
        return new TrendFigures(_smoother.Mean, _bestSmoothed.Value, _bestSmoothed.Step, slope * 1000.0, direction);
    }

    private static EtaFigures EtaAgainstActual((int Percent, long Step, DateTime Time, TimeSpan Eta) eta, DateTime end)
    {
        double actual = (end - eta.Time).TotalSeconds;
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

    private void AddValidation(ValidationFigures validation)
    {
        _validations.Add(validation);
        _validationLoss.Add(validation.Step, validation.Loss);
        foreach ((string name, double value) in validation.Metrics)
        {
            if (!_validationMetrics.TryGetValue(name, out ValueTracker? tracker))
            {
                if (_validationMetrics.Count == MostMetrics)
                {
                    continue;
                }

                _validationMetrics.Add(name, tracker = new ValueTracker());
            }

            tracker.Add(validation.Step, value);
        }
    }

    private void AddCheckpoint(in StoredRecord record, string outcome) => _checkpoints.Add(new CheckpointFigures(
        record.Time,
        record.GetInt64("Step"u8) ?? 0,
        record.GetDouble("Loss"u8) ?? double.NaN,
        record.GetText("Path"u8) ?? string.Empty,
        record.GetInt64("SizeBytes"u8),
        outcome));
}
