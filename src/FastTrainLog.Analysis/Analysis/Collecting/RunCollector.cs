using FastTrainLog.Reading;
using FastTrainLog.State;
using FastTrainLog.Training;

namespace FastTrainLog.Analysis.Collecting;

/// <summary>Collects the figures of one run, record by record, in bounded memory.</summary>
internal sealed class RunCollector
{
    private readonly ProgressCollector _progress = new();
    private readonly ErrorCollector _errors = new();
    private readonly PerformanceCollector _performance = new();
    private readonly StabilityCollector _stability = new();
    private readonly AnomalyCollector _anomalies = new();

    /// <summary>Takes in a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="step">Its fields as those of a step.</param>
    public void Add(in StoredRecord record, in StepFields step)
    {
        _errors.Add(record, _progress.LastStep);
        if (record.TrainingEvent == 0)
        {
            return;
        }

        switch (record.Category)
        {
            case LogCategories.TrainingProgress:
                if (step.IsStep)
                {
                    AddStep(step);
                }
                else if (record.EventId == TrainingEvents.RunStarted)
                {
                    _anomalies.BeginSession();
                }
                else
                {
                    _progress.Add(record);
                }

                break;
            case LogCategories.NumericalStability:
                _stability.Add(record);
                if (record.EventId == TrainingEvents.Gradients && record.GetInt64("Step"u8) is { } measured && record.GetDouble("GradientNorm"u8) is { } norm)
                {
                    _anomalies.AddNorm(measured, record.Time, norm);
                }

                break;
            case LogCategories.Performance:
                _performance.Add(record);
                _anomalies.AddOperation(record);
                break;
            case LogCategories.ModelOperations:
                _performance.AddModelOperation(record);
                break;
            case LogCategories.System:
                _performance.AddMemory(record);
                if (record.EventId == TrainingEvents.PauseEnded)
                {
                    TimeSpan pause = RunEntry.PauseOf(record);
                    _progress.Exclude(pause);
                    _anomalies.Exclude(pause);
                }

                break;
        }
    }

    public void Carry(StateCodec codec)
    {
        _progress.Carry(codec);
        _errors.Carry(codec);
        _performance.Carry(codec);
        _stability.Carry(codec);
        _anomalies.Carry(codec);
    }

    public LogAnalysis ToAnalysis(string directory, RunEntry entry, IReadOnlyList<RunFigures> runs, UnreadableFigures unreadable)
    {
        RunFigures run = entry.ToFigures();
        return new LogAnalysis(
            directory,
            run,
            runs,
            _progress.ToFigures(entry, run.TotalSteps),
            _errors.ToFigures(entry.Duration, entry.Steps.Steps),
            _performance.ToFigures(),
            _stability.ToFigures(),
            _anomalies.ToFigures(run.TotalSteps),
            unreadable);
    }

    private void AddStep(in StepFields step)
    {
        _progress.AddStep(step);
        _performance.AddStep(step);
        _stability.AddStep(step);
        _anomalies.AddStep(step);
    }
}
