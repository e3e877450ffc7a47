using FastTrainLog.Shipping.Cursors;

namespace FastTrainLog.Shipping;

/// <summary>Copies logs into another directory, such as a central one on a share: each line once, as it is, in the order of its log.</summary>
/// <remarks>
/// The files are <c>run.jsonl</c> and, for further logs of the same directory, <c>run.2.jsonl</c> and so on; every command of <c>fasttrainlog</c> reads them. They are synced to the disk before a batch is
/// acknowledged, and the cursor is kept beside them. What a killed shipper wrote and had not acknowledged is truncated by the next, so no line is twice or cut off.
/// </remarks>
public sealed class DirectoryTarget : IShipTarget, IKeepsCursor
{
    private readonly string _directory;
    private readonly Dictionary<string, LogCopy> _copies = [];

    /// <summary>Initializes a target.</summary>
    /// <param name="directory">The directory; it is created. It gets the files of the log, or, if several directories are shipped together, a directory for each of them.</param>
    /// <param name="name">The target's name, see <see cref="IShipTarget.Name"/>.</param>
    public DirectoryTarget(string directory, string name = "dir")
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        _directory = Path.GetFullPath(directory);
        Name = name;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Address => _directory;

    /// <inheritdoc/>
    public BatchLimits Limits { get; } = new();

    /// <inheritdoc/>
    public ShipAnswer Send(ShipBatch batch, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (PlaceOf(batch.Source) == batch.Source.Directory)
        {
            return ShipAnswer.Misconfigured($"{batch.Source.Directory} is the log directory itself; give another one");
        }

        LogCopy copy = CopyOf(batch.Source);
        try
        {
            copy.Append(batch);
        }
        catch
        {
            // What it wrote is truncated when it is opened again.
            _copies.Remove(batch.Source.Name);
            copy.Dispose();
            throw;
        }

        return ShipAnswer.Done;
    }

    byte[]? IKeepsCursor.CursorOf(ShipSource source) => PlaceOf(source) == source.Directory ? null : CopyOf(source).CursorOf(source);

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        foreach (LogCopy copy in _copies.Values)
        {
            copy.Dispose();
        }

        _copies.Clear();
    }

    private string PlaceOf(ShipSource source) => Path.GetFullPath(Path.Combine(_directory, source.Name));

    private LogCopy CopyOf(ShipSource source)
    {
        if (!_copies.TryGetValue(source.Name, out LogCopy? copy))
        {
            string place = PlaceOf(source);
            Directory.CreateDirectory(place);
            copy = LogCopy.Open(place);
            _copies.Add(source.Name, copy);
        }

        return copy;
    }
}
