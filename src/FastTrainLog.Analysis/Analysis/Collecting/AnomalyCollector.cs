using System.Globalization;
using FastTrainLog.Analysis.Statistics;
using FastTrainLog.Reading;
using FastTrainLog.State;
using FastTrainLog.Training;

namespace FastTrainLog.Analysis.Collecting;

/// <summary>Finds anomalies, by <see cref="AnomalyRules"/>, while the records of a run are read.</summary>
internal sealed class AnomalyCollector
{
    private readonly AnomalyList _found = new();
    private readonly SpikeDetector _lossSpikes = new(AnomalyRules.LossSpike, "loss");
    private readonly SpikeDetector _normSpikes = new(AnomalyRules.NormSpike, "gradient norm");
    private readonly TrendDetector _trend = new();
    private readonly RobustWindow _gaps = new(AnomalyRules.Window);
    private DateTime? _lastStepTime;
    private double _operationSeconds;
    private (long First, long Last, long Count, DateTime Time) _nonFinite;

    public void AddStep(in StepFields step)
    {
        AddGap(step);
        if (step.Loss is { } loss)
        {
            AddNonFinite(step, loss);
            _lossSpikes.Add(step.Step, step.Time, loss, _found);
            _trend.Add(step.Step, step.Time, loss, _found);
        }

        if (step.GradientNorm is { } norm)
        {
            AddNorm(step.Step, step.Time, norm);
        }
    }

    /// <summary>Notes that another process continues the run: the time between the processes is not a stall.</summary>
    public void BeginSession() => _lastStepTime = null;

    public void AddNorm(long step, DateTime time, double norm) => _normSpikes.Add(step, time, norm, _found);

    /// <summary>Notes an operation, whose time between two steps is not a stall.</summary>
    public void AddOperation(in StoredRecord record)
    {
        // An epoch is not between steps but consists of them.
        if (record.EventId == TrainingEvents.Performance && record.GetDouble("DurationSeconds"u8) is { } seconds
            && !(record.TryGet("Operation"u8, out StoredField operation) && operation.Utf8Value.SequenceEqual("epoch"u8)))
        {
            _operationSeconds += seconds;
        }
    }

    /// <summary>Notes that the run was paused since its last step: that time is not a stall.</summary>
    public void Exclude(TimeSpan pause) => _operationSeconds += pause.TotalSeconds;

    public AnomalyFigures ToFigures(long? totalSteps)
    {
        // Called only at the end of the log: anomalies that are still in progress end there.
        EndNonFinite();
        _lossSpikes.End(_found);
        _normSpikes.End(_found);
        _trend.End(_found, totalSteps);
        return _found.ToFigures();
    }

    public void Carry(StateCodec codec)
    {
        _found.Carry(codec);
        _lossSpikes.Carry(codec);
        _normSpikes.Carry(codec);
        _trend.Carry(codec);
        _gaps.Carry(codec);
        codec.Value(ref _lastStepTime);
        codec.Value(ref _operationSeconds);
        codec.Value(ref _nonFinite);
    }

    private void AddGap(in StepFields step)
    {
        if (_lastStepTime is { } last)
        {
            double gap = Math.Max(0.0, (step.Time - last).TotalSeconds - _operationSeconds);
            double median = _gaps.Median;
            if (_gaps.Count >= AnomalyRules.FewestInWindow && gap >= AnomalyRules.StallSeconds && gap >= AnomalyRules.StallFactor * median)
            {
                _found.Add(new Anomaly(AnomalyRules.Stall, step.Step, step.Step, last, gap, string.Create(
                    CultureInfo.InvariantCulture, $"no step for {gap:F1} s before this one; {median:G3} s are usual")));
            }

            _gaps.Add(gap);
        }

        _lastStepTime = step.Time;
        _operationSeconds = 0.0;
    }

    private void AddNonFinite(in StepFields step, double loss)
    {
        if (double.IsFinite(loss))
        {
            EndNonFinite();
        }
        else
        {
            _nonFinite = _nonFinite.Count == 0 ? (step.Step, step.Step, 1, step.Time) : (_nonFinite.First, step.Step, _nonFinite.Count + 1, _nonFinite.Time);
        }
    }

    private void EndNonFinite()
    {
        if (_nonFinite.Count > 0)
        {
            string steps = _nonFinite.Count == 1 ? "1 step" : string.Create(CultureInfo.InvariantCulture, $"{_nonFinite.Count} steps");
            _found.Add(new Anomaly(AnomalyRules.NonFiniteLoss, _nonFinite.First, _nonFinite.Last, _nonFinite.Time, _nonFinite.Count, $"the loss was NaN or infinite for {steps}"));
            _nonFinite = default;
        }
    }
}
