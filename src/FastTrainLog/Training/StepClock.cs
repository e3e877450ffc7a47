using System.Diagnostics;

namespace FastTrainLog.Training;

/// <summary>Measures the steps of a run and predicts how long the rest will take.</summary>
/// <remarks>
/// <para>
/// A step lasts from the last record of the step before it to its own last record, divided among the steps between them if not every one is logged, and without
/// the pauses for validations and checkpoints. The beginning of the first step is not known: the program's start-up precedes its record.
/// </para>
/// <para>
/// The mean time of a step gives step n the weight 4 / (n + 3), the polynomial-decay averaging of Shamir and Zhang (2013, "Stochastic
/// gradient descent for non-smooth optimization") with η = 3: it follows about the latest quarter of a run of any length, so that
/// slow first steps soon lose their weight. Pauses enter the remaining time with their plain mean over all steps.
/// </para>
/// </remarks>
internal struct StepClock
{
    private const double FewSeconds = 10.0;

    private StepCounter _counter;

    // Where the time that is not accounted for begins: at the last record, or at the end of a pause after it.
    private long _mark;

    // Where the steps of the last record begin, how many they are, and the mean without them.
    private long _begin;
    private long _steps;
    private long _stepsBefore;
    private double _meanBefore;

    private double _meanSeconds;
    private double _pauseSeconds;

    // Of how many records the last step and the one before it consist.
    private int _records;
    private int _recordsBefore;

    /// <summary>Initializes a clock.</summary>
    /// <param name="startTimestamp">When the run began.</param>
    public StepClock(long startTimestamp) => _mark = startTimestamp;

    /// <summary>Gets the count of the steps.</summary>
    public readonly StepCounter Counter => _counter;

    /// <summary>Gets the smoothed time of a step in seconds, without pauses; NaN before a step was measured.</summary>
    public readonly double MeanSeconds
    {
        get
        {
            // A step with several records is not complete after its first one.
            bool isComplete = _records >= _recordsBefore || _stepsBefore == 0;
            return _stepsBefore + _steps == 0 ? double.NaN : isComplete ? _meanSeconds : _meanBefore;
        }
    }

    /// <summary>Notes a record of a step that ended now.</summary>
    /// <param name="step">The step's number.</param>
    /// <param name="timestamp">The time.</param>
    /// <returns>The seconds of a step; null for the first record and for a step back.</returns>
    public double? Advance(long step, long timestamp)
    {
        long? passed = _counter.Advance(step);
        if (passed != 0)
        {
            (_meanBefore, _stepsBefore) = (_meanSeconds, _stepsBefore + _steps);
            (_begin, _steps) = (_mark, passed ?? 0);
            (_recordsBefore, _records) = (_records, 0);
        }

        _records++;
        _mark = timestamp;
        if (_steps == 0)
        {
            return null;
        }

        double seconds = Seconds(_begin, timestamp) / _steps;
        _meanSeconds = Mean(seconds);
        return seconds;
    }

    /// <summary>Notes something that ended now and was no training: all since the last record, but for the time that steps after that one will have taken.</summary>
    /// <param name="timestamp">The time.</param>
    /// <param name="step">The step that it came after; null for the last one.</param>
    /// <returns>Its seconds.</returns>
    public double Pause(long timestamp, long? step = null)
    {
        long stepsSince = Math.Max(0, (step ?? _counter.Last) - _counter.Last);
        double ofSteps = stepsSince == 0 || double.IsNaN(MeanSeconds) ? 0.0 : stepsSince * MeanSeconds;
        // Not separated before a step was measured: until then all time counts as a step's.
        double seconds = stepsSince > 0 && ofSteps == 0.0 ? 0.0 : Math.Max(0.0, Seconds(_mark, timestamp) - ofSteps);
        long ticks = (long)(seconds * Stopwatch.Frequency);
        _mark += ticks;
        _begin += ticks;
        if (_counter.HasAny)
        {
            _pauseSeconds += seconds;
        }

        return seconds;
    }

    /// <summary>Takes out a time in which the run was paused: it counts for no step and for no remaining time, as if the clock had stood still.</summary>
    /// <param name="ticks">How long it was, in the units of <see cref="Stopwatch"/>.</param>
    public void Exclude(long ticks)
    {
        _mark += ticks;
        _begin += ticks;
    }

    /// <summary>Predicts how long the steps up to the last one will take: in whole seconds, the last ten in tenths; null if no step was measured.</summary>
    /// <param name="totalSteps">The number of the last step.</param>
    public readonly TimeSpan? Remaining(long totalSteps)
    {
        if (double.IsNaN(MeanSeconds))
        {
            return null;
        }

        double seconds = Math.Max(0L, totalSteps - _counter.Last) * (MeanSeconds + (_pauseSeconds / _counter.Taken));
        return seconds < FewSeconds ? TimeSpan.FromMilliseconds(100 * (long)Math.Round(10.0 * seconds))
            : Math.Round(seconds) < TimeSpan.MaxValue.TotalSeconds ? new TimeSpan((long)Math.Round(seconds) * TimeSpan.TicksPerSecond)
            : TimeSpan.MaxValue;
    }

    private static double Seconds(long from, long to) => (to - from) / (double)Stopwatch.Frequency;

    // The weights 4 / (n + 3) of several steps in turn, multiplied out.
    private readonly double Mean(double seconds)
    {
        double n = _stepsBefore;
        double m = _stepsBefore + _steps;
        double kept = n / m * ((n + 1) / (m + 1)) * ((n + 2) / (m + 2)) * ((n + 3) / (m + 3));
        return (kept * _meanBefore) + ((1.0 - kept) * seconds);
    }
}
