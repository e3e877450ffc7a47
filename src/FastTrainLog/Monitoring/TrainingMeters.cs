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
        meter.CreateObservableGauge("fasttrainlog.training.loss", () => Read(run => run.Loss), "1", "The loss of the last step.");
        meter.CreateObservableGauge("fasttrainlog.training.learning_rate", () => Read(run => run.LearningRate), "1", "The learning rate of the last step.");
        meter.CreateObservableGauge("fasttrainlog.training.gradient_norm", () => Read(run => run.GradientNorm), "1", "The norm of the latest gradients, before they were clipped.");
        meter.CreateObservableGauge("fasttrainlog.training.throughput", () => Read(run => run.Throughput), "{sample}/s", "The samples of the last step over its time.");
        meter.CreateObservableGauge("fasttrainlog.training.validation_loss", () => Read(run => run.ValidationLoss), "1", "The loss of the last validation.");
        meter.CreateObservableCounter("fasttrainlog.training.steps", () => Read(run => run.Steps), "{step}", "Steps that were taken.");
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

    private static IEnumerable<Measurement<T>> Known<T>(T? value)
        where T : struct => value is { } known ? [new Measurement<T>(known)] : [];

    private IEnumerable<Measurement<T>> Read<T>(Func<RunFigures, Measurement<T>?> figure)
        where T : struct => Volatile.Read(ref _runs).Select(figure).OfType<Measurement<T>>();
}
