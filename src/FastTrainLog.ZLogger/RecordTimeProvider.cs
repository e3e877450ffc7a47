namespace FastTrainLog.ZLogger;

/// <summary>Supplies ZLogger with the time of a record; it reads timestamps only from a clock.</summary>
internal sealed class RecordTimeProvider : TimeProvider
{
    public DateTime Utc { get; set; }

    public override DateTimeOffset GetUtcNow() => new(Utc);
}
