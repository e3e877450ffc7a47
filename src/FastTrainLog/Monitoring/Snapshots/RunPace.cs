namespace FastTrainLog.Monitoring.Snapshots;

/// <summary>Determines from the pauses of a run without an end whether it continues or has stalled, because it hangs or its process has ended.</summary>
/// <remarks>
/// A run has stalled if no progress was logged for three times its longest previous pause: step times, validations and checkpoints are
/// distinguished from a hang by their previous durations. The limit is at most a day, and at least two minutes once a validation is known. Before that it is at
/// least a quarter of an hour, because the first validation, during which nothing may be logged, has no previous duration.
/// </remarks>
internal struct RunPace
{
    private const double Patience = 3.0;

    private static readonly TimeSpan Least = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Most = TimeSpan.FromDays(1);
    private static readonly TimeSpan BeforeValidation = TimeSpan.FromMinutes(15);

    private DateTime _last;
    private TimeSpan _longest;
    private long _count;
    private bool _hasValidated;

    /// <summary>Gets the time at which the last progress was logged; the default before the first.</summary>
    public readonly DateTime Last => _last;

    /// <summary>Gets the time without progress after which the run has stalled.</summary>
    public readonly TimeSpan Limit => LimitFrom(_count < 2 || !_hasValidated ? BeforeValidation : Least);

    /// <summary>Gets the time without progress after which one rank of a run is silent while others continue: those would wait for a validation too.</summary>
    public readonly TimeSpan LimitBesideOthers => LimitFrom(_count < 2 ? BeforeValidation : Least);

    /// <summary>Notes that another process continues the run: the time between the processes is not a pause.</summary>
    /// <param name="time">The time at which it began.</param>
    public void BeginSession(DateTime time) => (_last, _count) = (time, 0);

    /// <summary>Notes progress: a step of any phase, the end of an epoch, a validation, a checkpoint.</summary>
    /// <param name="time">The time at which it was logged.</param>
    /// <param name="isOfValidation">Whether it is a validation, or a step of a phase that does not train the model.</param>
    public void Advance(DateTime time, bool isOfValidation)
    {
        // The time before the first step is the start-up, which is not comparable with later pauses.
        _longest = _count > 0 && time - _last > _longest ? time - _last : _longest;
        _last = time > _last ? time : _last;
        _count++;
        _hasValidated |= isOfValidation;
    }

    /// <summary>Notes that the run is paused at its user's command, or was until now: that is no stall, and no pause that later ones are compared with.</summary>
    /// <remarks>A paused run logs so every minute; once that ends too, it has stalled like any other.</remarks>
    /// <param name="time">The time at which it was logged.</param>
    public void Rest(DateTime time) => _last = time > _last ? time : _last;

    /// <summary>Returns whether the run has stalled; false before its first record.</summary>
    /// <param name="now">The current time.</param>
    public readonly bool IsStalled(DateTime now) => _last != default && now - _last > Limit;

    private readonly TimeSpan LimitFrom(TimeSpan least) => TimeSpan.FromTicks((long)Math.Clamp(Patience * _longest.Ticks, least.Ticks, Most.Ticks));
}
