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
        Gauge(meter, TrainingInstrument.Loss, run => run.Loss);
        Gauge(meter, TrainingInstrument.LearningRate, run => run.LearningRate);
        Gauge(meter, TrainingInstrument.GradientNorm, run => run.GradientNorm);
        Gauge(meter, TrainingInstrument.Throughput, run => run.Throughput);
        Gauge(meter, TrainingInstrument.ValidationLoss, run => run.ValidationLoss);
        meter.CreateObservableCounter(TrainingInstrument.Steps.Name, () => Read(run => run.Steps), TrainingInstrument.Steps.Unit, TrainingInstrument.Steps.Description);
        meter.CreateObservableCounter("fasttrainlog.training.clipped_steps", () => Read(run => run.ClippedSteps), "{step}", "Steps whose gradients were clipped.");
        meter.CreateObservableCounter("fasttrainlog.training.skipped_steps", () => Read(run => run.SkippedSteps), "{step}", "Steps whose gradients were not finite and kept out of the model.");
        StepDuration = meter.CreateHistogram(
            "fasttrainlog.training.step.duration",
            "s",
            "The time of a step, without pauses for validations and checkpoints.",
            tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] });
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

    private void Gauge(Meter meter, TrainingInstrument instrument, Func<RunFigures, Measurement<double>?> figure) =>
        meter.CreateObservableGauge(instrument.Name, () => Read(figure), instrument.Unit, instrument.Description);

    private static IEnumerable<Measurement<T>> Known<T>(T? value)
        where T : struct => value is { } known ? [new Measurement<T>(known)] : [];

    private IEnumerable<Measurement<T>> Read<T>(Func<RunFigures, Measurement<T>?> figure)
        where T : struct => Volatile.Read(ref _runs).Select(figure).OfType<Measurement<T>>();
}
