using System.Runtime.InteropServices;

namespace FastTrainLog.Indexing;

/// <summary>Queries the histograms of one layer of an index between two steps.</summary>
internal sealed class HistogramQuery
{
    // The minimum number of stored sums for each requested column: they are not split.
    private const int LeastPartsOfColumn = 2;

    private readonly IndexStore _store;
    private readonly string _name;
    private readonly SeriesHeader _header;
    private (int Level, long Block, IndexedHistogram[] Items) _last = (-1, -1, []);

    public HistogramQuery(IndexStore store, string name)
    {
        (_store, _name) = (store, name);
        _header = SeriesHeader.Read(store, name, HistogramLayout.BlockItems) ?? new SeriesHeader(0, []);
    }

    /// <summary>Returns the histograms between two steps as at most so many sums.</summary>
    /// <param name="firstStep">The first step.</param>
    /// <param name="lastStep">The last one.</param>
    /// <param name="count">The maximum number of sums; at least 1.</param>
    /// <returns>The sums, in the order of steps. Each histogram between the steps is in exactly one.</returns>
    public IReadOnlyList<IndexedHistogram> Columns(long firstStep, long lastStep, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        long begin = IndexOf(firstStep, after: false);
        long end = IndexOf(lastStep, after: true);
        if (begin >= end)
        {
            return [];
        }

        int level = 0;
        while (level < HistogramLayout.HighestLevel && (end - begin) >> HistogramLayout.ShiftOf(level + 1) >= (long)count * LeastPartsOfColumn)
        {
            level++;
        }

        // Only the range that has histograms is divided, so that a wide request for a short one returns its full detail.
        double from = Math.Max(firstStep, At(0, begin).FirstStep);
        double width = (Math.Min(lastStep, At(0, end - 1).LastStep) - from + 1) / count;
        return [.. Parts(begin, end, level).GroupBy(part => Math.Clamp((long)((part.FirstStep - from) / width), 0, count - 1)).Select(parts => IndexedHistogram.Join([.. parts]))];
    }

    // The full sums of the level, and on both sides of them those of the levels below.
    private List<IndexedHistogram> Parts(long begin, long end, int level)
    {
        var parts = new List<IndexedHistogram>();
        for (long at = begin; at < end;)
        {
            int own = level;
            while (own > 0 && ((at & ((1L << HistogramLayout.ShiftOf(own)) - 1)) != 0 || at + (1L << HistogramLayout.ShiftOf(own)) > end))
            {
                own--;
            }

            parts.Add(At(own, at >> HistogramLayout.ShiftOf(own)));
            at += 1L << HistogramLayout.ShiftOf(own);
        }

        return parts;
    }

    private IndexedHistogram At(int level, long index)
    {
        (long block, int inBlock) = (index / HistogramLayout.BlockItems, (int)(index % HistogramLayout.BlockItems));
        if (_last.Level != level || _last.Block != block)
        {
            _last = (level, block, HistogramLayout.Decode(_store.Require(HistogramLayout.NameOf(_name, level), block)));
        }

        return inBlock < _last.Items.Length ? _last.Items[inBlock] : throw new InvalidDataException($"Block {block} of level {level} of '{_name}' in the index is too short.");
    }

    // The number of histograms before the step, or up to it.
    private long IndexOf(long step, bool after)
    {
        long block = _header.BlockSteps.TakeWhile(first => first < step || (after && first == step)).LongCount() - 1;
        long index = Math.Max(0, block * HistogramLayout.BlockItems);
        for (long end = Math.Min(_header.Count, index + HistogramLayout.BlockItems); block >= 0 && index < end && (At(0, index).LastStep < step || (after && At(0, index).LastStep == step));)
        {
            index++;
        }

        return index;
    }
}
