namespace FastTrainLog.Shipping;

/// <summary>What became of a record at a target.</summary>
public enum ShipOutcome
{
    /// <summary>It is at its destination, or was there before.</summary>
    Done,

    /// <summary>It is not, and the same record may be taken later.</summary>
    Retry,

    /// <summary>It is refused for good: it goes to the quarantine file.</summary>
    Reject,
}
