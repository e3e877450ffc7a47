namespace FastTrainLog.Shipping;

/// <summary>Counts what became of records; they are stored in the cursor.</summary>
/// <param name="Sent">The records that the target has.</param>
/// <param name="SentBytes">The bytes of their JSON lines.</param>
/// <param name="Retried">The records sent again, counted at each attempt.</param>
/// <param name="Quarantined">The records that the target refused for good; they are in the quarantine file.</param>
/// <param name="LostRecords">The records deleted before they were shipped, where their number is known.</param>
/// <param name="LostBytes">The bytes of files deleted before they were shipped, where only that is known.</param>
/// <param name="Unreadable">The pieces of files that are not records, and were skipped.</param>
/// <param name="CursorFailures">How often the cursor could not be read or stored.</param>
public readonly record struct ShipCounters(
    long Sent, long SentBytes, long Retried, long Quarantined, long LostRecords, long LostBytes, long Unreadable, long CursorFailures);
