using System.Diagnostics.Metrics;
using FastTrainLog.Monitoring.Resources;
using FastTrainLog.Records;

namespace FastTrainLog.Monitoring;

/// <summary>Publishes the figures of runs as metrics.</summary>
/// <remarks>
/// All except one are observable: when a listener requests them, they read values that a step stores in any case. The backend records the durations of steps from its records,
/// so that listeners never run on the training thread.
/// </remarks>
internal sealed class TrainingMeters
{
    // The same number as in a snapshot.
    private const int KeptRuns = 16;

    private readonly Lock _gate = new();
    private RunFigures[] _runs = [];

    /// <summary>Adds the instruments to a meter.</summary>
    /// <param name="meter">The meter.</param>
    /// <param name="gpu">Returns the last sample of the GPUs.</param>
    public TrainingMeters(Meter meter, Func<GpuLoad> gpu)
    {
        Observe(meter, TrainingInstrument.Loss, run => run.Loss);
        Observe(meter, TrainingInstrument.LearningRate, run => run.LearningRate);
        Observe(meter, TrainingInstrument.GradientNorm, run => run.GradientNorm);
        Observe(meter, TrainingInstrument.Throughput, run => run.Throughput);
        Observe(meter, TrainingInstrument.ValidationLoss, run => run.ValidationLoss);
        Observe(meter, TrainingInstrument.Eta, run => run.Eta);
        Observe(meter, TrainingInstrument.Steps, run => run.Steps);
        Observe(meter, TrainingInstrument.ClippedSteps, run => run.ClippedSteps);
        Observe(meter, TrainingInstrument.SkippedSteps, run => run.SkippedSteps);
        StepDuration = meter.CreateHistogram(
            TrainingInstrument.StepDuration.Name,
            TrainingInstrument.StepDuration.Unit,
            TrainingInstrument.StepDuration.Description,
            tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = TrainingInstrument.StepDurationBounds.ToArray() });
        meter.CreateObservableUpDownCounter("fasttrainlog.process.memory.usage", static () => Environment.WorkingSet, "By", "The memory of the process.");
        meter.CreateObservableUpDownCounter("fasttrainlog.gpu.memory.usage", () => Known(gpu().UsedBytes), "By", "The memory in use on all GPUs at the last sample.");
        meter.CreateObservableGauge("fasttrainlog.gpu.utilization", () => Known(gpu().Utilization / 100.0), "1", "The mean utilisation of all GPUs at the last sample, from 0 to 1.");
    }

    /// <summary>Gets the instrument in which the backend records the durations of steps.</summary>
    public Histogram<double> StepDuration { get; }

    /// <summary>Returns the object in which a run stores its figures; if there are many, those of the oldest ended run are removed.</summary>
    public RunFigures Begin(RunContext run)
    {
        var figures = new RunFigures(run);
        lock (_gate)
        {
            RunFigures? oldest = _runs.Length >= KeptRuns ? Array.Find(_runs, known => known.Run.EndTicks != long.MaxValue) : null;
            Volatile.Write(ref _runs, [.. _runs.Where(known => known != oldest), figures]);
        }

        return figures;
    }

    private void Observe<T>(Meter meter, TrainingInstrument instrument, Func<RunFigures, Measurement<T>?> figure)
        where T : struct
    {
        if (instrument.Kind == InstrumentKind.Counter)
        {
            meter.CreateObservableCounter(instrument.Name, () => Read(figure), instrument.Unit, instrument.Description);
        }
        else
        {
            meter.CreateObservableGauge(instrument.Name, () => Read(figure), instrument.Unit, instrument.Description);
        }
    }

    private static IEnumerable<Measurement<T>> Known<T>(T? value)
        where T : struct => value is { } known ? [new Measurement<T>(known)] : [];

    private IEnumerable<Measurement<T>> Read<T>(Func<RunFigures, Measurement<T>?> figure)
        where T : struct => Volatile.Read(ref _runs).Select(figure).OfType<Measurement<T>>();
}
