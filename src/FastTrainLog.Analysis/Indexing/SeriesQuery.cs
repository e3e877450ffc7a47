namespace FastTrainLog.Indexing;

/// <summary>Queries one series of an index: its points between two steps, or buckets of them.</summary>
internal sealed class SeriesQuery
{
    // The minimum number of stored buckets for each requested bucket, and for the whole result: stored buckets are not split.
    private const int LeastPartsOfBucket = 2;
    private const int LeastParts = 2048;

    private readonly IndexStore _store;
    private readonly string _name;
    private readonly SeriesHeader _header;
    private (int Level, long Block, IndexedBucket[] Buckets) _lastBuckets = (-1, -1, []);
    private (long Block, long[] Steps, double[] Values) _lastPoints = (-1, [], []);

    public SeriesQuery(IndexStore store, string name)
    {
        _store = store;
        _name = name;
        _header = SeriesHeader.Read(store, name, SeriesLayout.BlockPoints) ?? new SeriesHeader(0, []);
    }

    /// <summary>Gets the number of points of the series.</summary>
    public long Count => _header.Count;

    /// <summary>Returns the step of a point.</summary>
    /// <param name="index">Its index, from 0.</param>
    public long StepAt(long index) => PointsOf(index).Step;

    /// <summary>Returns the number of points up to a step.</summary>
    public long CountTo(long step) => IndexOf(step, after: true);

    /// <summary>Returns the points between two steps, in their order.</summary>
    public IEnumerable<(long Step, double Value)> Points(long firstStep, long lastStep)
    {
        long end = IndexOf(lastStep, after: true);
        for (long i = IndexOf(firstStep, after: false); i < end; i++)
        {
            yield return PointsOf(i);
        }
    }

    /// <summary>Returns the points of a range of indices.</summary>
    /// <param name="begin">The index of the first, from 0.</param>
    /// <param name="end">The index behind the last.</param>
    public IEnumerable<(long Step, double Value)> PointsAt(long begin, long end)
    {
        for (long i = begin; i < end; i++)
        {
            yield return PointsOf(i);
        }
    }

    /// <summary>Returns one bucket of exactly the points between two steps; null if there are none.</summary>
    public IndexedBucket? Summary(long firstStep, long lastStep)
    {
        long begin = IndexOf(firstStep, after: false);
        long end = IndexOf(lastStep, after: true);
        int level = 0;
        while (level < SeriesLayout.Levels && (end - begin) >> SeriesLayout.ShiftOf(level + 1) > 0)
        {
            level++;
        }

        IndexedBucket? summary = null;
        foreach (IndexedBucket part in begin < end ? Parts(begin, end, level) : [])
        {
            summary = summary?.Join(part) ?? part;
        }

        return summary;
    }

    /// <summary>Returns the points between two steps as buckets of equal numbers of steps.</summary>
    /// <param name="firstStep">The first step.</param>
    /// <param name="lastStep">The last one.</param>
    /// <param name="count">The maximum number of buckets; at least 1.</param>
    /// <returns>The buckets that have points, in the order of steps. Each point between the steps is in exactly one.</returns>
    public IReadOnlyList<IndexedBucket> Buckets(long firstStep, long lastStep, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        long begin = IndexOf(firstStep, after: false);
        long end = IndexOf(lastStep, after: true);
        var buckets = new List<IndexedBucket>();
        if (begin >= end)
        {
            return buckets;
        }

        int level = 0;
        long parts = Math.Max(LeastParts, (long)count * LeastPartsOfBucket);
        while (level < SeriesLayout.Levels && (end - begin) >> SeriesLayout.ShiftOf(level + 1) >= parts)
        {
            level++;
        }

        // Only the range that the series covers is divided, so that a wide request for a short series returns its full detail.
        double from = Math.Max(firstStep, PointsOf(begin).Step);
        double width = (Math.Min(lastStep, PointsOf(end - 1).Step) - from + 1) / count;
        long last = -1;
        foreach (IndexedBucket part in Parts(begin, end, level))
        {
            long number = Math.Clamp((long)((part.FirstStep - from) / width), 0, count - 1);
            if (number == last)
            {
                buckets[^1] = buckets[^1].Join(part);
            }
            else
            {
                buckets.Add(part);
                last = number;
            }
        }

        return buckets;
    }

    // The full buckets of the level, and on both sides of them those of the levels below.
    private IEnumerable<IndexedBucket> Parts(long begin, long end, int level)
    {
        if (level == 0)
        {
            for (long i = begin; i < end; i++)
            {
                (long step, double value) = PointsOf(i);
                yield return IndexedBucket.Of(step, value);
            }

            yield break;
        }

        int shift = SeriesLayout.ShiftOf(level);
        long first = (begin + (1L << shift) - 1) >> shift;
        long last = end >> shift;
        if (first >= last)
        {
            foreach (IndexedBucket part in Parts(begin, end, level - 1))
            {
                yield return part;
            }

            yield break;
        }

        foreach (IndexedBucket part in Parts(begin, first << shift, level - 1))
        {
            yield return part;
        }

        for (long i = first; i < last; i++)
        {
            yield return BucketsOf(level, i);
        }

        foreach (IndexedBucket part in Parts(last << shift, end, level - 1))
        {
            yield return part;
        }
    }

    private IndexedBucket BucketsOf(int level, long index)
    {
        long block = index / SeriesLayout.BlockBuckets;
        if (_lastBuckets.Level != level || _lastBuckets.Block != block)
        {
            _lastBuckets = (level, block, SeriesLayout.DecodeBuckets(_store.Require(SeriesLayout.NameOf(_name, level), block)));
        }

        int inBlock = (int)(index - (block * SeriesLayout.BlockBuckets));
        return inBlock < _lastBuckets.Buckets.Length ? _lastBuckets.Buckets[inBlock] : throw Missing(block);
    }

    private (long Step, double Value) PointsOf(long index)
    {
        long block = index / SeriesLayout.BlockPoints;
        if (_lastPoints.Block != block)
        {
            (long[] steps, double[] values) = SeriesLayout.DecodePoints(_store.Require(SeriesLayout.NameOf(_name, 0), block));
            _lastPoints = (block, steps, values);
        }

        int inBlock = (int)(index - (block * SeriesLayout.BlockPoints));
        return inBlock < _lastPoints.Steps.Length ? (_lastPoints.Steps[inBlock], _lastPoints.Values[inBlock]) : throw Missing(block);
    }

    // The number of points before the step, or up to it.
    private long IndexOf(long step, bool after)
    {
        int low = 0;
        int high = _header.BlockSteps.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_header.BlockSteps[middle] < step || (after && _header.BlockSteps[middle] == step))
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        if (low == 0)
        {
            return 0;
        }

        long first = (low - 1L) * SeriesLayout.BlockPoints;
        long index = first;
        long end = Math.Min(_header.Count, first + SeriesLayout.BlockPoints);
        while (index < end && (PointsOf(index).Step < step || (after && PointsOf(index).Step == step)))
        {
            index++;
        }

        return index;
    }

    private InvalidDataException Missing(long block) => new($"Block {block} of '{_name}' in the index is shorter than the series.");
}
