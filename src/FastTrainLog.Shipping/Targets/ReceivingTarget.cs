using FastTrainLog.Shipping.Cursors;

namespace FastTrainLog.Shipping;

/// <summary>A target that writes into a directory: what it has of each log directory is in a place below it, with the cursor beside it.</summary>
/// <remarks>What it writes is on the disk before a batch is acknowledged. What a killed shipper wrote and had not acknowledged is truncated by the next, so nothing is there twice.</remarks>
public abstract class ReceivingTarget : IShipTarget, IKeepsCursor
{
    private readonly Func<string, IReceivingPlace> _openPlace;
    private readonly Dictionary<string, IReceivingPlace> _open = [];

    /// <summary>Initializes a target.</summary>
    /// <param name="directory">The directory; it is created. If several log directories are shipped together, each has its place in it.</param>
    /// <param name="name">The target's name, see <see cref="Name"/>.</param>
    /// <param name="openPlace">Opens a place, whose directory exists.</param>
    private protected ReceivingTarget(string directory, string name, Func<string, IReceivingPlace> openPlace)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        Address = Path.GetFullPath(directory);
        Name = name;
        _openPlace = openPlace;
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
        if (IsLog(batch.Source))
        {
            return ShipAnswer.Misconfigured($"{batch.Source.Directory} is the log directory itself; give another one");
        }

        IReceivingPlace place = PlaceOf(batch.Source);
        try
        {
            place.Append(batch);
        }
        catch
        {
            // What it wrote is truncated when it is opened again.
            _open.Remove(batch.Source.Name);
            place.Dispose();
            throw;
        }

        return ShipAnswer.Done;
    }

    byte[]? IKeepsCursor.CursorOf(ShipSource source) => IsLog(source) ? null : PlaceOf(source).CursorOf(source);

    /// <summary>Closes the files, and lets other shippers have the directory.</summary>
    public void Dispose()
    {
        foreach (IReceivingPlace place in _open.Values)
        {
            place.Dispose();
        }

        _open.Clear();
    }

    private bool IsLog(ShipSource source) => PathOf(source) == source.Directory;

    // Without a separator at its end, as that of a log directory is.
    private string PathOf(ShipSource source) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(Path.Combine(Address, source.Name)));

    private IReceivingPlace PlaceOf(ShipSource source)
    {
        if (!_open.TryGetValue(source.Name, out IReceivingPlace? place))
        {
            string path = PathOf(source);
            Directory.CreateDirectory(path);
            place = _openPlace(path);
            _open.Add(source.Name, place);
        }

        return place;
    }
}
