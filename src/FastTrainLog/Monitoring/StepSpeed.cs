using FastTrainLog.Training;

namespace FastTrainLog.Monitoring;

/// <summary>Counts the steps of a run that trained the model, and their speed, from their records: the one rule for all who show it.</summary>
/// <remarks>The times are those that the run measured (<see cref="StepClock"/>): of several records of one step the last has all of its time.</remarks>
internal struct StepSpeed
{
    private StepCounter _counter;
    private double _samples;
    private double _seconds;
    private long _lastSteps;
    private double _lastSeconds;
    private double _lastThroughput = double.NaN;
    private DateTime _lastTime;
    private bool _isFirst = true;
    private long _stepped;
    private TimeSpan _steppedTime;
    private TimeSpan _paused;

    public StepSpeed()
    {
    }

    /// <summary>Gets the number of distinct steps.</summary>
    public readonly long Steps => _counter.Distinct;

    /// <summary>Gets the number of the last one; null before the first.</summary>
    public readonly long? LastStep => _counter.HasAny ? _counter.Last : null;

    /// <summary>Gets when the last one was logged.</summary>
    public readonly DateTime LastTime => _lastTime;

    /// <summary>Gets the samples of all steps over the time of all steps; null if it is not known.</summary>
    public readonly double? Throughput
    {
        get
        {
            bool hasLast = !double.IsNaN(_lastThroughput);
            double samples = _samples + (hasLast ? _lastThroughput * _lastSeconds * _lastSteps : 0.0);
            double seconds = _seconds + (hasLast ? _lastSeconds * _lastSteps : 0.0);
            return seconds > 0.0 ? samples / seconds : null;
        }
    }

    /// <summary>Gets the steps a second, from the first record of each session to its last, validations and checkpoints included, pauses not; null if it is not known.</summary>
    public readonly double? StepsPerSecond => _stepped > 0 && _steppedTime > TimeSpan.Zero ? _stepped / _steppedTime.TotalSeconds : null;

    /// <summary>Notes that another process continues with the run: the time between is none of the run's.</summary>
    public void BeginSession() => (_isFirst, _paused) = (true, TimeSpan.Zero);

    /// <summary>Notes that the run was paused since its last step: that time is none of its steps'.</summary>
    public void Exclude(TimeSpan pause) => _paused += pause;

    /// <summary>Counts a record.</summary>
    /// <param name="step">The number of its step.</param>
    /// <param name="seconds">The seconds that the run measured for a step; null if it measured none.</param>
    /// <param name="throughput">The samples a second; null if they are not known.</param>
    /// <param name="time">When it was logged.</param>
    public void Add(long step, double? seconds, double? throughput, DateTime time)
    {
        long? passed = _counter.Advance(step);
        if (passed != 0)
        {
            if (!double.IsNaN(_lastThroughput))
            {
                _samples += _lastThroughput * _lastSeconds * _lastSteps;
                _seconds += _lastSeconds * _lastSteps;
            }

            _lastSteps = passed ?? 1;
        }

        (_lastSeconds, _lastThroughput) = (seconds ?? 0.0, seconds is null ? double.NaN : throughput ?? double.NaN);
        if (!_isFirst)
        {
            _stepped += passed ?? 0;
            _steppedTime += time - _lastTime - _paused;
        }

        _isFirst = false;
        _paused = TimeSpan.Zero;
        _lastTime = time;
    }
}
