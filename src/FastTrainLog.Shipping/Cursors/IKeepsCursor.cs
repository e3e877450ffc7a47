namespace FastTrainLog.Shipping.Cursors;

/// <summary>A target that stores the cursor together with the records, so that neither is there without the other: what it has is not sent again, whenever the shipper was killed.</summary>
internal interface IKeepsCursor
{
    /// <summary>Returns the cursor of the last batch of a log directory that the target has, as <see cref="ShipBatch.Cursor"/> was; null if there is none.</summary>
    /// <exception cref="IOException">The target cannot be read now.</exception>
    /// <exception cref="UnauthorizedAccessException">The target may not be read.</exception>
    byte[]? CursorOf(ShipSource source);
}
