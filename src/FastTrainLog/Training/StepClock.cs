using System.Diagnostics;

namespace FastTrainLog.Training;

/// <summary>Measures the steps of a run and foretells how long the rest will take.</summary>
/// <remarks>
/// The mean time of a step gives step n the weight 4 / (n + 3), the polynomial-decay averaging of Shamir and Zhang (2013, "Stochastic
/// gradient descent for non-smooth optimization") with η = 3: it follows the latest quarter or so of the run whatever its length, so that
/// slow first steps are soon forgotten and a pause for validation moves the estimate less and less.
/// </remarks>
internal struct StepClock(long startTimestamp)
{
    private const double Decay = 3.0;
    private const double FewSeconds = 10.0;

    private long _last = startTimestamp;
    private long _steps;
    private double _meanSeconds;

    /// <summary>Gets the smoothed time of a step in seconds.</summary>
    public readonly double MeanSeconds => _meanSeconds;

    /// <summary>Takes note of a step that ended now.</summary>
    /// <returns>The seconds since the step before.</returns>
    public double Advance(long timestamp)
    {
        double seconds = (timestamp - _last) / (double)Stopwatch.Frequency;
        _last = timestamp;
        _steps++;
        _meanSeconds += (Decay + 1.0) / (_steps + Decay) * (seconds - _meanSeconds);
        return seconds;
    }

    /// <summary>Foretells the time that a number of steps will take: in whole seconds, the last ten in tenths.</summary>
    public readonly TimeSpan Remaining(long steps)
    {
        double seconds = Math.Max(0L, steps) * _meanSeconds;
        return seconds < FewSeconds ? TimeSpan.FromMilliseconds(100 * (long)Math.Round(10.0 * seconds))
            : Math.Round(seconds) < TimeSpan.MaxValue.TotalSeconds ? new TimeSpan((long)Math.Round(seconds) * TimeSpan.TicksPerSecond)
            : TimeSpan.MaxValue;
    }
}
