namespace FastTrainLog.Shipping;

/// <summary>Where the records of one log directory are written to, with the cursor beside them.</summary>
internal interface IReceivingPlace : IDisposable
{
    /// <summary>Returns the cursor of the last batch; null if there is none, or if the last one was of another directory.</summary>
    byte[]? CursorOf(ShipSource source);

    /// <summary>Adds the records, and returns when they are on the disk.</summary>
    void Append(ShipBatch batch);
}
