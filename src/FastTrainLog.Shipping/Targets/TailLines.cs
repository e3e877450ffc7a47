using FastTrainLog.Reading;
using FastTrainLog.Shipping.Cursors;

namespace FastTrainLog.Shipping;

/// <summary>The last lines of a copied log, by their hashes, each as often as it is there.</summary>
internal sealed class TailLines
{
    private readonly Dictionary<ulong, int> _lines = [];

    /// <summary>Reads them.</summary>
    /// <param name="path">The file.</param>
    /// <param name="length">Its length.</param>
    /// <param name="bytes">How much of its end is read.</param>
    public TailLines(string path, long length, long bytes)
    {
        using var reader = new LineReader(new LogFile(path, 1, 0, IsCompressed: false, length));
        if (length > bytes)
        {
            // In the middle of a line, which is nobody's.
            reader.SkipTo(new LinePosition(length - bytes, 1));
        }

        while (reader.Offset + reader.Length < length && reader.Read())
        {
            ulong hash = RecentRecord.HashOf(reader.Current);
            _lines[hash] = _lines.GetValueOrDefault(hash) + 1;
        }
    }

    /// <summary>Takes a line out.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Remove(ulong hash)
    {
        if (!_lines.Remove(hash, out int times))
        {
            return false;
        }

        if (times > 1)
        {
            _lines.Add(hash, times - 1);
        }

        return true;
    }
}
