using System.Diagnostics.Metrics;
using FastTrainLog.Records;

namespace FastTrainLog.Monitoring;

/// <summary>The latest figures of a run, which metrics read: a step stores them, independent of readers.</summary>
/// <remarks>Stored by the threads that log, read by any thread.</remarks>
internal sealed class RunFigures(RunContext run)
{
    private double _loss = double.NaN;
    private double _learningRate = double.NaN;
    private double _gradientNorm = double.NaN;
    private double _throughput = double.NaN;
    private double _validationLoss = double.NaN;
    private double _eta = double.NaN;
    private long _steps;
    private long _clippedSteps;
    private long _skippedSteps;
    private bool _hasStep;
    private bool _hasGradients;
    private bool _hasValidation;

    /// <summary>Gets the tags of the run's measurements.</summary>
    public KeyValuePair<string, object?>[] Tags { get; } = [new("run", run.Id), new("rank", run.Rank)];

    public RunContext Run => run;

    public Measurement<double>? Loss => Of(_hasStep, ref _loss);

    public Measurement<double>? LearningRate => Of(_hasStep, ref _learningRate);

    public Measurement<double>? GradientNorm => Of(_hasGradients, ref _gradientNorm);

    public Measurement<double>? Throughput => Of(!double.IsNaN(Volatile.Read(ref _throughput)), ref _throughput);

    public Measurement<double>? ValidationLoss => Of(_hasValidation, ref _validationLoss);

    // What was left of a run that has ended is no time that anybody waits for.
    public Measurement<double>? Eta => Of(!double.IsNaN(Volatile.Read(ref _eta)) && run.EndTicks == long.MaxValue, ref _eta);

    public Measurement<long>? Steps => new(Interlocked.Read(ref _steps), Tags);

    public Measurement<long>? ClippedSteps => new(Interlocked.Read(ref _clippedSteps), Tags);

    public Measurement<long>? SkippedSteps => new(Interlocked.Read(ref _skippedSteps), Tags);

    /// <summary>Stores the figures of a training step.</summary>
    public void TakeStep(double loss, double learningRate, double? throughput, TimeSpan? eta, long steps)
    {
        Volatile.Write(ref _loss, loss);
        Volatile.Write(ref _learningRate, learningRate);
        if (throughput is { } known)
        {
            Volatile.Write(ref _throughput, known);
        }

        Volatile.Write(ref _eta, eta?.TotalSeconds ?? double.NaN);
        Volatile.Write(ref _steps, steps);
        Volatile.Write(ref _hasStep, true);
    }

    public void TakeGradients(double norm, bool clipped, bool skipped)
    {
        Volatile.Write(ref _gradientNorm, norm);
        Volatile.Write(ref _hasGradients, true);
        if (clipped)
        {
            Interlocked.Increment(ref _clippedSteps);
        }

        if (skipped)
        {
            Interlocked.Increment(ref _skippedSteps);
        }
    }

    public void TakeValidation(double loss)
    {
        Volatile.Write(ref _validationLoss, loss);
        Volatile.Write(ref _hasValidation, true);
    }

    private Measurement<double>? Of(bool isKnown, ref double value) => isKnown ? new(Volatile.Read(ref value), Tags) : null;
}
