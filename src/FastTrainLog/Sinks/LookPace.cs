namespace FastTrainLog.Sinks;

/// <summary>Limits how much of a thread's time goes into looks whose cost grows with what there is to see: to a twentieth.</summary>
/// <remarks>Not thread-safe.</remarks>
/// <param name="time">The clock.</param>
internal sealed class LookPace(TimeProvider time)
{
    private const int Share = 20;

    private long _ended;
    private TimeSpan _took;

    /// <summary>Gets whether enough time has passed since the last look.</summary>
    public bool IsDue => time.GetElapsedTime(_ended) >= Share * _took;

    /// <summary>Looks, and takes note of how long it takes.</summary>
    public void Look(Action look)
    {
        long begun = time.GetTimestamp();
        try
        {
            look();
        }
        finally
        {
            _ended = time.GetTimestamp();
            _took = time.GetElapsedTime(begun, _ended);
        }
    }
}
