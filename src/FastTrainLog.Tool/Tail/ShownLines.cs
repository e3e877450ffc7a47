namespace FastTrainLog.Tool.Tail;

/// <summary>The lines of a file that were shown lately, by their hashes: a recovery truncates the last lines and writes them again, and none is shown twice.</summary>
internal sealed class ShownLines
{
    private const int RememberedBytes = 64 * 1024;

    private readonly Queue<(long Offset, int Hash)> _recent = new();
    private readonly Dictionary<int, int> _cutOff = [];
    private long _shownUpTo;

    public void Clear()
    {
        _recent.Clear();
        _cutOff.Clear();
        _shownUpTo = 0;
    }

    /// <summary>Notes a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="end">Where it ends in the file.</param>
    /// <returns>Whether it is to be shown: it is not one that was truncated and written again.</returns>
    public bool Add(ReadOnlySpan<byte> line, long end)
    {
        var hashed = new HashCode();
        hashed.AddBytes(line);
        int hash = hashed.ToHashCode();
        _recent.Enqueue((end, hash));
        while (_recent.Peek().Offset < end - RememberedBytes)
        {
            _recent.Dequeue();
        }

        if (end > _shownUpTo)
        {
            _cutOff.Clear();
        }

        if (_cutOff.TryGetValue(hash, out int times) && times > 0)
        {
            _cutOff[hash] = times - 1;
            return false;
        }

        return true;
    }

    /// <summary>Notes that the file was truncated.</summary>
    /// <param name="length">Its length now.</param>
    /// <param name="position">How far it had been read.</param>
    public void Cut(long length, long position)
    {
        _cutOff.Clear();
        foreach ((long end, int hash) in _recent)
        {
            if (end > length)
            {
                _cutOff[hash] = _cutOff.GetValueOrDefault(hash) + 1;
            }
        }

        _shownUpTo = Math.Max(_shownUpTo, position);
        _recent.Clear();
    }
}
