namespace FastTrainLog.Shipping;

/// <summary>The places below a directory: one for each log directory that is shipped there.</summary>
/// <param name="directory">The directory.</param>
/// <param name="open">Opens a place, whose directory exists.</param>
internal sealed class ReceivingPlaces(string directory, Func<string, IReceivingPlace> open) : IDisposable
{
    private readonly Dictionary<string, IReceivingPlace> _open = [];

    /// <summary>Returns the path of a log directory's place.</summary>
    public string PathOf(ShipSource source) => Path.GetFullPath(Path.Combine(directory, source.Name));

    /// <summary>Returns the place of a log directory.</summary>
    public IReceivingPlace Of(ShipSource source)
    {
        if (!_open.TryGetValue(source.Name, out IReceivingPlace? place))
        {
            string path = PathOf(source);
            Directory.CreateDirectory(path);
            place = open(path);
            _open.Add(source.Name, place);
        }

        return place;
    }

    /// <summary>Adds the records to the place of their log directory.</summary>
    public void Append(ShipBatch batch)
    {
        IReceivingPlace place = Of(batch.Source);
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
    }

    public void Dispose()
    {
        foreach (IReceivingPlace place in _open.Values)
        {
            place.Dispose();
        }

        _open.Clear();
    }
}
