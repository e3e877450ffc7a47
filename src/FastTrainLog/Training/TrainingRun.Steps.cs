using System.Diagnostics;
using FastTrainLog.Gradients;

namespace FastTrainLog.Training;

/// <content>Steps and epochs.</content>
public sealed partial class TrainingRun
{
    /// <summary>Logs a step and the statistics of its gradients.</summary>
    /// <remarks>
    /// Allocates nothing, unless the step has a numerical issue. A loss that is not finite is logged as a numerical issue too. Not every step has to be logged, and one may be
    /// logged several times: time, throughput and ETA are those of steps, by their numbers, and the samples are those of a step.
    /// </remarks>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="step">The step, from 1 over all epochs.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="gradients">What the clipper returned for the step; leave it out if there is none yet.</param>
    /// <param name="accuracy">The accuracy over the batch, or null.</param>
    /// <param name="samples">The number of samples of the step; null for the run's batch size.</param>
    /// <param name="phase">The phase of the step. Phases whose name begins with <c>val</c>, <c>eval</c>, <c>test</c>, <c>infer</c>, <c>predict</c>, <c>sanity</c>, <c>calib</c>
    /// or <c>bench</c> do not train the model: their steps are logged, but are not included in the training's loss, steps and times; nor is a step below 0.</param>
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
        if (IsLate(nameof(LogStep), step))
        {
            return;
        }

        _activities.Step(epoch);
        bool trains = TrainingPhases.StepOf(TrainingEvents.Step, step, ReferenceEquals(phase, DefaultPhase) || TrainingPhases.Trains(phase)) is not null;
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

        if (trains && (!finite || (isNew && gradients.FoundInf)))
        {
            NoteUnhealthy(step);
        }

        long? total = _options.TotalSteps;
        double? seconds;
        TimeSpan? eta;
        long steps;
        lock (_gate)
        {
            long now = Stopwatch.GetTimestamp();
            if (trains)
            {
                long taken = _clock.Counter.Taken;
                seconds = _clock.Advance(step, now);
                Context.MeanStepSeconds = _clock.MeanSeconds;
                _lastLoss = loss;
                Volatile.Write(ref _lastStep, step);
                _epoch.Add(loss, _clock.Counter.Taken - taken, batch);
            }
            else
            {
                seconds = _clock.Pause(now);
            }

            steps = _clock.Counter.Taken;
            eta = total is null ? null : _clock.Remaining(total.Value);
        }

        double? throughput = batch > 0 && seconds > 0.0 ? batch / seconds : null;
        if (trains)
        {
            _figures.TakeStep(loss, learningRate, throughput, eta, steps);
        }

        // Steps of another phase may have their own numbering.
        long? progressed = trains ? step : LastStep;
        _progress.Step(
            epoch,
            step,
            total,
            100.0 * progressed / total,
            loss,
            learningRate,
            eta,
            phase,
            accuracy,
            measured ? gradients.Norm : null,
            measured ? gradients.StabilityScore : null,
            measured ? gradients.ClippingRatio : null,
            throughput,
            seconds,
            metrics);
    }

    /// <summary>Logs the end of an epoch: its mean loss, its duration and throughput, and the health of the gradients.</summary>
    /// <remarks>Gradients on a GPU are included for the steps that it has finished; the call does not wait, so the rest count for the next epoch.</remarks>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="metrics">Further figures.</param>
    public void LogEpoch(int epoch, ReadOnlySpan<Metric> metrics = default)
    {
        if (IsLate(nameof(LogEpoch)))
        {
            return;
        }

        CatchUpWithGradients();
        long now = Stopwatch.GetTimestamp();
        EpochTotals totals;
        lock (_gate)
        {
            totals = _epoch;
            _epoch = new EpochTotals(now);
        }

        _activities.EpochEnded(epoch, totals.MeanLoss, totals.Steps);
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

    // Once for each step: its loss and its gradients may arrive separately, and from two threads.
    private void NoteUnhealthy(long step)
    {
        if (Interlocked.Exchange(ref _unhealthyStep, step) != step)
        {
            Interlocked.Increment(ref _unhealthySteps);
        }
    }
}
