using System.Diagnostics;
using FastTrainLog.Gradients;

namespace FastTrainLog.Training;

/// <content>Steps and epochs.</content>
public sealed partial class TrainingRun
{
    /// <summary>Logs a step, and what its gradients were like.</summary>
    /// <remarks>Allocates nothing, unless the step holds a numerical issue. A loss that is not finite is logged as a numerical issue too.</remarks>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="step">The step, from 1 over all epochs.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="gradients">What the clipper returned for the step; leave it out where there is none yet.</param>
    /// <param name="accuracy">The accuracy over the batch, or null.</param>
    /// <param name="samples">The number of samples of the step; null for the run's batch size.</param>
    /// <param name="phase">What the step is part of.</param>
    /// <param name="metrics">Further figures.</param>
    public void LogStep(
        int epoch,
        long step,
        double loss,
        double learningRate,
        in GradientStatistics gradients = default,
        double? accuracy = null,
        int? samples = null,
        string phase = DefaultPhase,
        ReadOnlySpan<Metric> metrics = default)
    {
        double seconds = _clock.Advance(Stopwatch.GetTimestamp());
        int batch = samples ?? _options.BatchSize ?? 0;
        bool measured = gradients.LayerCount > 0 && (gradients.Action & GradientAction.Pending) == 0;
        bool isNew = measured && !gradients.IsLogged;
        if (isNew)
        {
            Observe(gradients);
        }

        bool finite = double.IsFinite(loss);
        if (!finite)
        {
            LogLossIssue(step, loss);
        }

        _steps++;
        if (!finite || (isNew && gradients.FoundInf))
        {
            Interlocked.Increment(ref _unhealthySteps);
        }

        _lastLoss = loss;
        _epoch.Add(loss, batch);
        long? total = _options.TotalSteps;
        _progress.Step(
            epoch,
            step,
            total,
            total is null ? null : 100.0 * step / total.Value,
            loss,
            learningRate,
            total is null ? null : _clock.Remaining(total.Value - step),
            phase,
            accuracy,
            measured ? gradients.Norm : null,
            measured ? gradients.StabilityScore : null,
            measured ? gradients.ClippingRatio : null,
            batch > 0 && seconds > 0 ? batch / seconds : null,
            seconds,
            metrics);
    }

    /// <summary>Logs the end of an epoch: its mean loss, its duration and throughput, and how the gradients behaved.</summary>
    /// <remarks>Of gradients on a GPU those of steps that it has finished; it waits for none, so the rest count for the next epoch.</remarks>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="metrics">Further figures.</param>
    public void LogEpoch(int epoch, ReadOnlySpan<Metric> metrics = default)
    {
        CatchUpWithGradients();
        long now = Stopwatch.GetTimestamp();
        EpochTotals totals;
        lock (_gate)
        {
            totals = _epoch;
            _epoch = new EpochTotals(now);
        }

        double seconds = Stopwatch.GetElapsedTime(totals.StartTimestamp, now).TotalSeconds;
        double? throughput = totals.Samples > 0 && seconds > 0 ? totals.Samples / seconds : null;
        _progress.EpochEnded(epoch, _options.Epochs, totals.MeanLoss, seconds, throughput, totals.Steps, metrics);
        LogPerformance("epoch", TimeSpan.FromSeconds(seconds), throughput, _options.BatchSize, [("epoch", epoch), ("steps", totals.Steps)]);
        if (totals.GradientSteps > 0)
        {
            _stability.GradientHealth(
                epoch, totals.LowestNorm, totals.HighestNorm, totals.MeanNorm, totals.ClippedSteps, totals.GradientSteps, totals.NonFiniteSteps, totals.StabilityScore);
        }
    }
}
