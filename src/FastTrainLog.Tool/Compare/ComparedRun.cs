using FastTrainLog.Reading;
using FastTrainLog.Training;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Tool.Compare;

/// <summary>What is compared of a run, gathered from its records.</summary>
/// <param name="directory">The log directory.</param>
/// <param name="id">The run's identifier.</param>
internal sealed class ComparedRun(string directory, string id)
{
    private readonly HashSet<long> _nonFiniteSteps = [];
    private double _throughputs;
    private long _throughputCount;
    private DateTime _first = DateTime.MaxValue;
    private DateTime _last;
    private TimeSpan? _duration;

    public string Directory { get; } = directory;

    public string Id { get; } = id;

    /// <summary>Gets what the run was started with, by name.</summary>
    public Dictionary<string, string> Configuration { get; } = [];

    /// <summary>Gets the metrics of the end, or of the last validation before it.</summary>
    public Dictionary<string, double> Metrics { get; } = [];

    public LossCurve Curve { get; } = new();

    public DateTime Start => _first;

    /// <summary>Gets completed, failed, or unfinished where the log does not tell.</summary>
    public string Outcome { get; private set; } = "unfinished";

    public long Steps { get; private set; }

    public double? FinalLoss { get; private set; }

    public double? BestLoss { get; private set; }

    public long? BestLossStep { get; private set; }

    public double? BestValidationLoss { get; private set; }

    public TimeSpan Duration => _duration ?? (_last > _first ? _last - _first : TimeSpan.Zero);

    /// <summary>Gets the mean samples a second of the steps.</summary>
    public double? Throughput => _throughputCount == 0 ? null : _throughputs / _throughputCount;

    /// <summary>Gets the share of steps whose gradients were clipped.</summary>
    public double? ClipRate { get; private set; }

    public long NonFiniteSteps => _nonFiniteSteps.Count;

    public long Issues { get; private set; }

    public long Warnings { get; private set; }

    public long Errors { get; private set; }

    public void Add(in StoredRecord record)
    {
        _first = record.Time < _first ? record.Time : _first;
        _last = record.Time > _last ? record.Time : _last;
        LogLevel level = record.Level;
        Warnings += level == LogLevel.Warning ? 1 : 0;
        Errors += level is LogLevel.Error or LogLevel.Critical ? 1 : 0;
        switch (record.EventId)
        {
            case TrainingEvents.RunStarted or TrainingEvents.GradientGuard:
                AddConfiguration(record);
                break;
            case TrainingEvents.Step:
                AddStep(record);
                break;
            case TrainingEvents.Gradients:
                ClipRate = record.GetDouble("ClippingRatio"u8) ?? ClipRate;
                break;
            case TrainingEvents.Validation or TrainingEvents.BestValidation:
                if (record.GetDouble("Loss"u8) is { } loss && double.IsFinite(loss) && !(BestValidationLoss <= loss))
                {
                    BestValidationLoss = loss;
                }

                AddMetrics(record);
                break;
            case TrainingEvents.NumericalIssue:
                Issues++;
                if (record.GetText("Type"u8) is "NaN" or "Infinity" && record.GetInt64("Step"u8) is { } step)
                {
                    _nonFiniteSteps.Add(step);
                }

                break;
            case TrainingEvents.RunCompleted or TrainingEvents.RunFailed:
                Outcome = record.EventId == TrainingEvents.RunCompleted ? "completed" : "failed";
                if (record.TryGet("Duration"u8, out StoredField duration) && duration.TryGetTimeSpan(out TimeSpan span))
                {
                    _duration = span;
                }

                FinalLoss = record.GetDouble("FinalLoss"u8) ?? FinalLoss;
                AddMetrics(record);
                break;
        }
    }

    private void AddStep(in StoredRecord record)
    {
        Steps++;
        if (record.GetInt64("Step"u8) is { } step && record.GetDouble("Loss"u8) is { } loss)
        {
            Curve.Add(step, loss);
            FinalLoss = loss;
            if (!double.IsFinite(loss))
            {
                _nonFiniteSteps.Add(step);
            }
            else if (!(BestLoss <= loss))
            {
                (BestLoss, BestLossStep) = (loss, step);
            }
        }

        if (record.GetDouble("Throughput"u8) is { } throughput && double.IsFinite(throughput))
        {
            _throughputs += throughput;
            _throughputCount++;
        }

        ClipRate = record.GetDouble("ClippingRatio"u8) ?? ClipRate;
    }

    private void AddConfiguration(in StoredRecord record)
    {
        foreach (StoredField field in record.Properties)
        {
            if (!field.Utf8Name.SequenceEqual("RunId"u8) && field.GetText() is { } value)
            {
                Configuration[field.GetName()] = value;
            }
        }
    }

    private void AddMetrics(in StoredRecord record)
    {
        if (record.TryGet("Metrics"u8, out StoredField metrics))
        {
            foreach (StoredField metric in metrics.GetFields())
            {
                if (metric.TryGetDouble(out double value))
                {
                    Metrics[metric.GetName()] = value;
                }
            }
        }
    }
}
