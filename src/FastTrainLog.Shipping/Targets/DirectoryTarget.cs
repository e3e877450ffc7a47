namespace FastTrainLog.Shipping;

/// <summary>Copies logs into another directory, such as a central one on a share: each line once, as it is, in the order of its log.</summary>
/// <remarks>
/// The files are <c>run.jsonl</c> and, for further logs of the same directory, <c>run.2.jsonl</c> and so on; every command of <c>fasttrainlog</c> reads them. They are synced to the disk before a batch is
/// acknowledged, and the cursor is kept beside them. What a killed shipper wrote and had not acknowledged is truncated by the next, so no line is twice or cut off.
/// </remarks>
public sealed class DirectoryTarget : ReceivingTarget
{
    /// <summary>Initializes a target.</summary>
    /// <param name="directory">The directory; it is created. It gets the files of the log, or, if several directories are shipped together, a directory for each of them.</param>
    /// <param name="name">The target's name, see <see cref="IShipTarget.Name"/>.</param>
    public DirectoryTarget(string directory, string name = "dir")
        : base(directory, name, LogCopy.Open)
    {
    }
}
