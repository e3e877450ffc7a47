using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using FastTrainLog.Dashboard.Answers;
using FastTrainLog.Indexing;

namespace FastTrainLog.Dashboard.Series;

/// <summary>How many points of a series somebody has, or to which step of a merged one, and a checksum of the last of them.</summary>
/// <remarks>
/// A run that is resumed from a checkpoint logs steps again, and the points from there on are others: the checksum tells. It depends on the log only, so a
/// cursor is valid for another server over the same log.
/// </remarks>
/// <param name="Count">The number of points; of a merged series the last step.</param>
/// <param name="Checksum">The checksum of the last ones.</param>
internal readonly record struct SeriesCursor(long Count, ulong Checksum)
{
    private const int Checked = 64;

    /// <summary>Returns the cursor of the first points of a series.</summary>
    public static SeriesCursor At(SeriesQuery series, long count)
    {
        var hash = new XxHash3();
        Span<double> point = stackalloc double[2];
        foreach ((long step, double value) in series.PointsAt(Math.Max(0, count - Checked), count))
        {
            point[0] = BitConverter.Int64BitsToDouble(step);
            point[1] = value;
            hash.Append(MemoryMarshal.AsBytes(point));
        }

        return new SeriesCursor(count, hash.GetCurrentHashAsUInt64());
    }

    /// <summary>Returns the cursor of the points of several ranks up to a step, which is its number.</summary>
    public static SeriesCursor At(IReadOnlyList<SeriesQuery> ranks, long step)
    {
        var hash = new XxHash3();
        foreach (SeriesQuery rank in ranks)
        {
            hash.Append(BitConverter.GetBytes(At(rank, rank.CountTo(step)).Checksum));
        }

        return new SeriesCursor(step, hash.GetCurrentHashAsUInt64());
    }

    /// <summary>Returns whether a series begins with the points that the holder of this cursor has.</summary>
    public bool IsBeginningOf(SeriesQuery series) => Count >= 0 && Count <= series.Count && (Count == 0 || At(series, Count).Checksum == Checksum);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Count}.{Checksum:x16}");

    public static SeriesCursor Parse(string text)
    {
        string[] parts = text.Split('.');
        return parts.Length == 2 && long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long count)
            && ulong.TryParse(parts[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong checksum)
            ? new SeriesCursor(count, checksum)
            : throw RequestFields.Invalid($"'{text}' in 'cursor' is no cursor of a series, which is COUNT.CHECKSUM.");
    }
}
