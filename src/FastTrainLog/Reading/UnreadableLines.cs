namespace FastTrainLog.Reading;

/// <summary>What could not be read of a log: all of it counted, the first places remembered.</summary>
/// <remarks>Not thread-safe. Grows while the log is read.</remarks>
public sealed class UnreadableLines
{
    /// <summary>The number of places that are remembered.</summary>
    public const int MostPlaces = 100;

    private readonly List<UnreadableLine> _places = [];
    private readonly Dictionary<string, long> _files = [];

    /// <summary>Gets how many lines could not be read, or not wholly.</summary>
    public long Count { get; private set; }

    /// <summary>Gets how many bytes those are.</summary>
    public long Bytes { get; private set; }

    /// <summary>Gets the first places, at most <see cref="MostPlaces"/>.</summary>
    public IReadOnlyList<UnreadableLine> Places => _places;

    /// <summary>Gets how many there are in each file that has any, by its path.</summary>
    public IReadOnlyDictionary<string, long> Files => _files;

    internal void Add(string file, long line, long offset, long length, string reason)
    {
        Count++;
        Bytes += length;
        _files[file] = _files.GetValueOrDefault(file) + 1;
        if (_places.Count < MostPlaces)
        {
            _places.Add(new UnreadableLine(file, line, offset, length, reason));
        }
    }
}
