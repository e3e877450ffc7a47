namespace FastTrainLog.Training;

/// <summary>Counts the steps of a run by their numbers, no matter which are logged: each one, every tenth, each several times, or again after a rollback.</summary>
/// <remarks>
/// A record represents the steps since the previous record. How many the first one represents, and the first after a step back, cannot be determined; the distance that
/// other records have is used: 10 if every tenth step is logged.
/// </remarks>
internal struct StepCounter
{
    private bool _hasAny;
    private long _last;
    private long _first;
    private long _highest;
    private long _firstStride;
    private long _stride;
    private Int128 _taken;

    /// <summary>Gets the number of the last step; 0 before the first.</summary>
    public readonly long Last => _last;

    /// <summary>Gets whether any step was counted.</summary>
    public readonly bool HasAny => _hasAny;

    /// <summary>Gets how many steps were taken, including repeated ones.</summary>
    public readonly long Taken => long.CreateSaturating(_taken);

    /// <summary>Gets the number of distinct steps.</summary>
    public readonly long Distinct => _hasAny ? long.CreateSaturating((Int128)_highest - _first + Math.Min(Math.Max(_first, 1), _firstStride)) : 0;

    /// <summary>Counts a record.</summary>
    /// <param name="step">The number of its step; one below 0 counts as 0.</param>
    /// <returns>How many steps passed since the record before: 0 for another record of the same step; null for the first record, and for a step back.</returns>
    public long? Advance(long step)
    {
        step = Math.Max(0, step);
        if (!_hasAny)
        {
            _hasAny = true;
            (_first, _highest, _last, _firstStride, _taken) = (step, step, step, 1, 1);
            return null;
        }

        long passed = step - _last;
        _last = step;
        if (passed < 0)
        {
            // From a checkpoint somewhere before it.
            _first = Math.Min(_first, step);
            _taken += Math.Max(1, Math.Min(_stride, step));
            return null;
        }

        if (passed > 0)
        {
            if (_stride == 0)
            {
                _firstStride = passed;
                _taken += Math.Max(0, Math.Min(_first, passed) - 1);
            }

            _stride = passed;
            _highest = Math.Max(_highest, step);
            _taken += passed;
        }

        return passed;
    }
}
