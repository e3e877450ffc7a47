namespace FastTrainLog.ZLogger;

/// <summary>Tells ZLogger the time of a record; it takes a timestamp from nothing but a clock.</summary>
internal sealed class RecordTimeProvider : TimeProvider
{
    public DateTime Utc { get; set; }

    public override DateTimeOffset GetUtcNow() => new(Utc);
}
