namespace FastTrainLog.Monitoring.Resources;

/// <summary>Detects when a resource becomes short and when there is enough of it again, once each.</summary>
/// <param name="limit">The amount below which it is short.</param>
internal struct ShortageWatch(long limit)
{
    // The upper limit is a tenth above the lower one, so that an amount near the limit is not reported with every sample.
    private readonly long _enough = limit + (limit / 10);

    public readonly long Limit => limit;

    public bool IsShort { get; private set; }

    /// <summary>Checks an amount.</summary>
    /// <returns>Whether it has become short, or enough again; false for an amount that is not known.</returns>
    public bool HasChanged(long? amount)
    {
        bool isShort = amount is { } known ? known < (IsShort ? _enough : limit) : IsShort;
        bool changed = isShort != IsShort;
        IsShort = isShort;
        return changed;
    }
}
