using FastTrainLog.Shipping.Cursors;

namespace FastTrainLog.Shipping;

/// <summary>Copies logs into another directory, such as a central one on a share: each line once, as it is, in the order of its log.</summary>
/// <remarks>
/// The files are <c>run.jsonl</c> and, for further logs of the same directory, <c>run.2.jsonl</c> and so on; every command of <c>fasttrainlog</c> reads them. They are synced to the disk before a batch is
/// acknowledged, and the cursor is kept beside them. What a killed shipper wrote and had not acknowledged is truncated by the next, so no line is twice or cut off.
/// </remarks>
public sealed class DirectoryTarget : IShipTarget, IKeepsCursor
{
    private readonly ReceivingPlaces _copies;

    /// <summary>Initializes a target.</summary>
    /// <param name="directory">The directory; it is created. It gets the files of the log, or, if several directories are shipped together, a directory for each of them.</param>
    /// <param name="name">The target's name, see <see cref="IShipTarget.Name"/>.</param>
    public DirectoryTarget(string directory, string name = "dir")
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        Address = Path.GetFullPath(directory);
        _copies = new ReceivingPlaces(Address, LogCopy.Open);
        Name = name;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Address { get; }

    /// <inheritdoc/>
    public BatchLimits Limits { get; } = new();

    /// <inheritdoc/>
    public ShipAnswer Send(ShipBatch batch, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (_copies.PathOf(batch.Source) == batch.Source.Directory)
        {
            return ShipAnswer.Misconfigured($"{batch.Source.Directory} is the log directory itself; give another one");
        }

        _copies.Append(batch);
        return ShipAnswer.Done;
    }

    byte[]? IKeepsCursor.CursorOf(ShipSource source) => _copies.PathOf(source) == source.Directory ? null : _copies.Of(source).CursorOf(source);

    /// <summary>Closes the files.</summary>
    public void Dispose() => _copies.Dispose();
}
