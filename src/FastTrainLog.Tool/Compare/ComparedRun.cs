using FastTrainLog.Analysis;
using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Reading;
using FastTrainLog.Tool.Runs;
using FastTrainLog.Training;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Tool.Compare;

/// <summary>What is compared of a run, gathered from its records.</summary>
/// <param name="directory">The log directory.</param>
/// <param name="name">The run.</param>
internal sealed class ComparedRun(string directory, RunName name)
{
    private readonly RunEntry _entry = new(name);
    private readonly HashSet<long> _nonFiniteSteps = [];
    private RunFigures? _merged;

    public string Directory { get; private set; } = directory;

    public RunName Name => name;

    /// <summary>Gets the name as it is shown.</summary>
    public string Id { get; private set; } = name.ToString();

    /// <summary>Gets the comparison of the ranks; null for a single process.</summary>
    public RankFigures? Ranks { get; private set; }

    /// <summary>Gets what the run was started with, by name.</summary>
    public Dictionary<string, string> Configuration { get; } = [];

    /// <summary>Gets the metrics of the end, or of the last validation before it.</summary>
    public Dictionary<string, double> Metrics { get; } = [];

    public LossCurve Curve { get; } = new();

    public DateTime Start => _merged?.Started ?? _entry.ToFigures().Started;

    /// <summary>Gets how it ended, in the words of <see cref="Analysis.RunFigures.Outcome"/>.</summary>
    public string Outcome => _merged?.Outcome ?? _entry.ToFigures().Outcome;

    public long Steps => _merged?.Steps ?? _entry.Steps.Steps;

    public double? FinalLoss { get; private set; }

    public double? BestLoss { get; private set; }

    public long? BestLossStep { get; private set; }

    /// <summary>Gets the loss of the best validation.</summary>
    public double? BestValidationLoss => _entry.Best?.Loss;

    public TimeSpan Duration => _merged is null ? _entry.Duration : TimeSpan.FromSeconds(_merged.DurationSeconds);

    /// <summary>Gets the samples of all steps over the time of all steps.</summary>
    public double? Throughput => _entry.Steps.Throughput;

    /// <summary>Gets the share of steps whose gradients were clipped.</summary>
    public double? ClipRate { get; private set; }

    public long NonFiniteSteps => _nonFiniteSteps.Count;

    public long Issues { get; private set; }

    public long Warnings { get; private set; }

    public long Errors { get; private set; }

    /// <summary>Takes in a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="counts">Whether no later record of the same step supersedes it.</param>
    public void Add(in StoredRecord record, bool counts)
    {
        StepFields fields = StepFields.Of(record);
        _entry.Add(record, fields);
        if (!counts)
        {
            return;
        }

        LogLevel level = record.Level;
        Warnings += level == LogLevel.Warning ? 1 : 0;
        Errors += level is LogLevel.Error or LogLevel.Critical ? 1 : 0;
        switch (record.TrainingEvent)
        {
            case TrainingEvents.RunStarted or TrainingEvents.GradientGuard:
                AddConfiguration(record);
                break;
            case TrainingEvents.Step when fields.IsStep:
                AddStep(fields);
                break;
            case TrainingEvents.Gradients:
                ClipRate = record.GetDouble("ClippingRatio"u8) ?? ClipRate;
                break;
            case TrainingEvents.Validation or TrainingEvents.BestValidation:
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
                FinalLoss = record.GetDouble("FinalLoss"u8) ?? FinalLoss;
                AddMetrics(record);
                break;
        }
    }

    /// <summary>Merges the other ranks of a run: counts, non-finite steps and losses are those of all, metrics those of this one.</summary>
    /// <param name="others">The other ranks.</param>
    /// <param name="run">The run.</param>
    /// <param name="ranks">The comparison of its ranks.</param>
    public void Merge(ReadOnlySpan<ComparedRun> others, FoundRun run, RankFigures ranks)
    {
        foreach (ComparedRun other in others)
        {
            _nonFiniteSteps.UnionWith(other._nonFiniteSteps);
            Issues += other.Issues;
            Warnings += other.Warnings;
            Errors += other.Errors;
            Curve.Add(other.Curve);
            if (other.BestLoss < BestLoss || BestLoss is null)
            {
                (BestLoss, BestLossStep) = (other.BestLoss, other.BestLossStep);
            }
        }

        FinalLoss = run.Figures.FinalLoss ?? run.Figures.LastLoss;
        Ranks = ranks;
        _merged = run.Figures;
        Id = run.Figures.Name;
        Directory = run.Ranks.All(rank => rank.Directory == Directory) ? Directory : run.Directory;
    }

    private void AddStep(in StepFields fields)
    {
        if (fields is { Step: var step, Loss: { } loss })
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

        ClipRate = fields.ClippingRatio ?? ClipRate;
    }

    private void AddConfiguration(in StoredRecord record)
    {
        var configuration = new RunConfiguration();
        configuration.Read(record);
        foreach ((string name, string value) in configuration.Values)
        {
            Configuration[name] = value;
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
