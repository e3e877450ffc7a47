using FastTrainLog.Gradients;

namespace FastTrainLog.Training;

/// <summary>The totals of the steps of one epoch.</summary>
internal struct EpochTotals(long startTimestamp)
{
    private double _lossSum;
    private long _finiteLosses;
    private double _normSum;

    /// <summary>Gets when the epoch began; later by each pause of the run in it.</summary>
    public long StartTimestamp { get; private set; } = startTimestamp;

    public long Steps { get; private set; }

    public long Samples { get; private set; }

    public long GradientSteps { get; private set; }

    public long ClippedSteps { get; private set; }

    public long NonFiniteSteps { get; private set; }

    public double LowestNorm { get; private set; } = double.PositiveInfinity;

    public double HighestNorm { get; private set; } = double.NegativeInfinity;

    public double StabilityScore { get; private set; }

    /// <summary>Gets the mean of the losses that were finite; NaN if none was.</summary>
    public readonly double MeanLoss => _lossSum / _finiteLosses;

    public readonly double MeanNorm => _normSum / GradientSteps;

    /// <summary>Takes out a time in which the run was paused, in the units of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
    public void Exclude(long ticks) => StartTimestamp += ticks;

    /// <summary>Adds a record.</summary>
    /// <param name="loss">Its loss.</param>
    /// <param name="steps">The number of steps that it represents.</param>
    /// <param name="samples">The samples of each of them.</param>
    public void Add(double loss, long steps, int samples)
    {
        Steps += steps;
        Samples += steps * samples;
        if (double.IsFinite(loss))
        {
            _lossSum += loss;
            _finiteLosses++;
        }
    }

    public void Add(in GradientStatistics gradients)
    {
        GradientSteps++;
        ClippedSteps += gradients.Clipped ? 1 : 0;
        NonFiniteSteps += gradients.FoundInf ? 1 : 0;
        LowestNorm = Math.Min(LowestNorm, gradients.Norm);
        HighestNorm = Math.Max(HighestNorm, gradients.Norm);
        StabilityScore = gradients.StabilityScore;
        _normSum += gradients.Norm;
    }
}
