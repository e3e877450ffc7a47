namespace FastTrainLog.Shipping;

/// <summary>What a <see cref="ShipNotice"/> is about.</summary>
public enum ShipNoticeKind
{
    /// <summary>The target does not take records; they are sent again until it does.</summary>
    Unavailable,

    /// <summary>The target takes records again.</summary>
    Available,

    /// <summary>The target refused records for good; they are in the quarantine file.</summary>
    Quarantined,

    /// <summary>Records were deleted before they could be shipped.</summary>
    Lost,

    /// <summary>Lines of the log are not records, and are skipped.</summary>
    Unreadable,

    /// <summary>The cursor could not be read or stored.</summary>
    Cursor,
}
