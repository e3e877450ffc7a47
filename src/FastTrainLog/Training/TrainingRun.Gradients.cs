using System.Globalization;
using FastTrainLog.Gradients;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Training;

/// <content>Gradients and numerical issues.</content>
public sealed partial class TrainingRun
{
    /// <summary>Logs the gradients of a step whose statistics came too late for <see cref="LogStep"/>, and a numerical issue if they were not finite.</summary>
    /// <remarks>May be called from any thread.</remarks>
    /// <param name="gradients">What the clipper measured.</param>
    public void LogGradients(in GradientStatistics gradients)
    {
        if (gradients.IsLogged)
        {
            return;
        }

        if (gradients.FoundInf)
        {
            NoteUnhealthy(gradients.Step);
        }

        Observe(gradients);
        _stability.Gradients(
            gradients.Step,
            gradients.Norm,
            gradients.AbsoluteMaximum,
            double.IsFinite(gradients.Threshold) ? gradients.Threshold : null,
            gradients.Coefficient,
            gradients.StabilityScore,
            gradients.ClippingRatio,
            gradients.ZeroCount,
            gradients.ElementCount,
            gradients.FoundInf ? gradients.NaNCount : null,
            gradients.FoundInf ? gradients.InfinityCount : null,
            gradients.RecoveryAction);
    }

    /// <summary>
    /// Logs the results of a clipper, from here to the end of the run or of the clipper: how it limits the gradients; for gradients on a GPU one record
    /// a step, in the order of the steps, also if they are not clipped by the kernels; layers and histograms as <see cref="GradientClipperOptions"/> asks for.
    /// </summary>
    /// <remarks>
    /// A thread in the background reads the statistics of a GPU, at <see cref="TrainLogOptions.FlushInterval"/> and whenever half of the ring that they
    /// are in is filled; the thread that clips never waits. The end of the run and <see cref="GradientClipper.Dispose"/> wait for the device and log
    /// the rest. Several clippers can be followed, one for each device.
    /// </remarks>
    /// <param name="clipper">The clipper.</param>
    /// <exception cref="InvalidOperationException">A run follows the clipper already.</exception>
    /// <exception cref="ObjectDisposedException">The clipper has been disposed of.</exception>
    public void Follow(GradientClipper clipper)
    {
        ArgumentNullException.ThrowIfNull(clipper);
        var delivery = new GradientDelivery(this, _stability, clipper, _logging.Options);
        LogGradientGuard(clipper.Options);
        lock (_gate)
        {
            _deliveries = [.. _deliveries, delivery];
        }
    }

    /// <summary>Logs how gradients are limited.</summary>
    /// <param name="options">The clipper's settings.</param>
    public void LogGradientGuard(GradientClipperOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (_stability.IsEnabled(LogLevel.Information))
        {
            _stability.GradientGuard(TextOf(options.Limit), options.NonFinite);
        }
    }

    /// <summary>Logs a numerical issue, at the level for its severity.</summary>
    /// <param name="issue">The issue.</param>
    public void LogNumericalIssue(in NumericalIssue issue)
    {
        // An undefined type has no count; it is logged as its number.
        if ((uint)issue.Type < (uint)_issues.Length)
        {
            Interlocked.Increment(ref _issues[(int)issue.Type]);
        }

        LogLevel level = issue.Severity switch
        {
            IssueSeverity.Low => LogLevel.Information,
            IssueSeverity.Medium => LogLevel.Warning,
            IssueSeverity.High => LogLevel.Error,
            _ => LogLevel.Critical,
        };
        _stability.NumericalIssue(
            level,
            issue.Type,
            issue.Severity,
            issue.Location,
            issue.Step,
            issue.TensorShape,
            issue.NaNCount,
            issue.InfinityCount,
            issue.ElementCount,
            issue.Value,
            issue.RecoveryAction);
    }

    /// <summary>Counts non-finite steps whose statistics were lost.</summary>
    internal void AddUnseen(long nonFiniteSteps, NonFinitePolicy policy)
    {
        Interlocked.Add(ref _unhealthySteps, nonFiniteSteps);
        Interlocked.Add(ref _nonFiniteSteps, nonFiniteSteps);
        if (policy is NonFinitePolicy.Report or NonFinitePolicy.Throw)
        {
            Interlocked.Add(ref _damagingSteps, nonFiniteSteps);
        }
    }

    internal void Forget(GradientDelivery delivery)
    {
        lock (_gate)
        {
            _deliveries = [.. _deliveries.Where(other => other != delivery)];
        }
    }

    private static string TextOf(GradientLimit limit) => limit switch
    {
        NoLimit => "none",
        L2NormLimit l2 => string.Create(CultureInfo.InvariantCulture, $"L2 norm of at most {l2.Maximum}"),
        InfinityNormLimit infinity => string.Create(CultureInfo.InvariantCulture, $"largest element of at most {infinity.Maximum}"),
        ValueLimit value => string.Create(CultureInfo.InvariantCulture, $"elements clamped to {value.Maximum}"),
        AutoClipLimit autoClip => string.Create(CultureInfo.InvariantCulture, $"AutoClip, percentile {autoClip.Percentile} of the last {autoClip.History} L2 norms"),
        ZClipLimit zClip => string.Create(CultureInfo.InvariantCulture, $"ZClip, {zClip.ZThreshold} standard deviations above the mean L2 norm, after {zClip.WarmupSteps} steps"),
        AdaGCLimit adaGC => string.Create(CultureInfo.InvariantCulture, $"AdaGC, {adaGC.Relative} times a layer's mean L2 norm, after {adaGC.WarmupSteps} steps of at most {adaGC.Absolute}"),
        _ => limit.ToString(),
    };

    // Steps that a device has finished count for a checkpoint, whether they are logged yet or not.
    private void CatchUpWithGradients()
    {
        foreach (GradientDelivery delivery in Volatile.Read(ref _deliveries))
        {
            delivery.CatchUp();
        }
    }

    private void Observe(in GradientStatistics gradients)
    {
        lock (_gate)
        {
            _epoch.Add(gradients);
        }

        _figures.TakeGradients(gradients.Norm, gradients.Clipped, (gradients.Action & GradientAction.Skipped) != 0);

        if (gradients.Clipped)
        {
            _stability.GradientsClipped(gradients.Step, gradients.Norm, gradients.Threshold, gradients.Coefficient);
        }

        if (!gradients.FoundInf)
        {
            return;
        }

        bool damaging = (gradients.Action & GradientAction.Reported) != 0;
        Interlocked.Increment(ref _nonFiniteSteps);
        if (damaging)
        {
            Interlocked.Increment(ref _damagingSteps);
        }

        // The counts are those of the layer that the issue names; the step's own record has those of all layers.
        bool named = gradients.FirstNonFiniteElementCount > 0;
        (long nans, long infinities) = named
            ? (gradients.FirstNonFiniteNaNCount, gradients.FirstNonFiniteInfinityCount)
            : (gradients.NaNCount, gradients.InfinityCount);
        LogNumericalIssue(new NumericalIssue(
            nans > 0 ? NumericalIssueType.NaN : infinities > 0 ? NumericalIssueType.Infinity : NumericalIssueType.Overflow,
            damaging ? IssueSeverity.High : IssueSeverity.Medium,
            gradients.FirstNonFinite ?? "gradients",
            gradients.RecoveryAction)
        {
            Step = gradients.Step,
            NaNCount = nans,
            InfinityCount = infinities,
            ElementCount = named ? gradients.FirstNonFiniteElementCount : gradients.ElementCount,
        });
    }

    private void LogLossIssue(long step, double loss) => LogNumericalIssue(
        new NumericalIssue(double.IsNaN(loss) ? NumericalIssueType.NaN : NumericalIssueType.Infinity, IssueSeverity.High, "loss")
        {
            Step = step,
            NaNCount = double.IsNaN(loss) ? 1 : 0,
            InfinityCount = double.IsInfinity(loss) ? 1 : 0,
            ElementCount = 1,
        });
}
