using FastTrainLog.State;

namespace FastTrainLog.Reading;

/// <summary>The unreadable parts of a log: all are counted, the first positions are kept.</summary>
/// <remarks>Not thread-safe. Grows while the log is read.</remarks>
public sealed class UnreadableLines
{
    /// <summary>The maximum number of positions that are kept.</summary>
    public const int MostPlaces = 100;

    private readonly List<UnreadableLine> _places = [];
    private readonly Dictionary<string, long> _files = [];

    /// <summary>Gets the number of lines that could not be read completely.</summary>
    public long Count { get; private set; }

    /// <summary>Gets the number of their bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>Gets the first positions, at most <see cref="MostPlaces"/>.</summary>
    public IReadOnlyList<UnreadableLine> Places => _places;

    /// <summary>Gets the number of unreadable lines in each file that has any, by path.</summary>
    public IReadOnlyDictionary<string, long> Files => _files;

    internal void Carry(StateCodec codec)
    {
        Count = codec.Value(Count);
        Bytes = codec.Value(Bytes);
        codec.Dictionary(_files, codec.Text, (_, count) => codec.Value(count));
        codec.List(_places, place => new UnreadableLine(
            codec.Text(place?.File), codec.Value(place?.Line ?? 0), codec.Value(place?.Offset ?? 0), codec.Value(place?.Length ?? 0), codec.Text(place?.Reason)));
    }

    internal void Add(UnreadableLines others)
    {
        Count += others.Count;
        Bytes += others.Bytes;
        foreach ((string file, long count) in others._files)
        {
            _files[file] = _files.GetValueOrDefault(file) + count;
        }

        _places.AddRange(others._places.Take(MostPlaces - _places.Count));
    }

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
