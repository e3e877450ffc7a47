using System.Runtime.InteropServices;

namespace FastTrainLog.Indexing;

/// <summary>Extends one series of an index: points in the order of their steps, with the levels of buckets above them.</summary>
/// <remarks>
/// A step before the last one supersedes: the points from it on are removed first, as when a run is resumed from a checkpoint. Only
/// the blocks that are not full yet are in memory, about 100 KiB at most.
/// </remarks>
internal sealed class SeriesWriter
{
    private readonly IndexStore _store;
    private readonly string _name;
    private readonly Level[] _levels = new Level[SeriesLayout.Levels];
    private readonly List<long> _steps = [];
    private readonly List<double> _values = [];

    // The first step of each block of points, by which a step is found.
    private readonly List<long> _blocks = [];
    private bool _changed;

    /// <summary>Opens a series at its end, or creates it.</summary>
    public SeriesWriter(IndexStore store, string name)
    {
        _store = store;
        _name = name;
        for (int level = 1; level <= _levels.Length; level++)
        {
            _levels[level - 1] = new Level(level);
        }

        if (SeriesHeader.Read(store, name, SeriesLayout.BlockPoints) is { } header)
        {
            _blocks.AddRange(header.BlockSteps);
            Restore(header.Count);
        }
    }

    /// <summary>Gets the number of points.</summary>
    public long Count { get; private set; }

    private long LastStep => _steps.Count > 0 ? _steps[^1] : long.MinValue;

    public void Add(long step, double value)
    {
        _changed = true;
        if (step < LastStep)
        {
            TakeBackFrom(step);
        }

        if (_steps.Count == SeriesLayout.BlockPoints)
        {
            // Kept until the next point is added, so that the last step is always available.
            _steps.Clear();
            _values.Clear();
        }

        if (_steps.Count == 0)
        {
            _blocks.Add(step);
        }

        _steps.Add(step);
        _values.Add(value);
        Count++;
        if (_steps.Count == SeriesLayout.BlockPoints)
        {
            PutPoints();
        }

        if (Count % SeriesLayout.LeastPoints == 0)
        {
            // Of all those that are not in a bucket yet at once, which takes less time than one by one.
            IndexedBucket carried = IndexedBucket.Of(CollectionsMarshal.AsSpan(_steps)[^SeriesLayout.LeastPoints..], CollectionsMarshal.AsSpan(_values)[^SeriesLayout.LeastPoints..]);
            for (int level = 1; level <= _levels.Length && _levels[level - 1].Add(carried, Count, out carried); level++)
            {
                PutIfFull(_levels[level - 1]);
            }
        }
    }

    /// <summary>Writes the points that are not written yet, so that the series can be read and continued.</summary>
    public void Save()
    {
        if (!_changed)
        {
            return;
        }

        if (_steps.Count is > 0 and < SeriesLayout.BlockPoints)
        {
            PutPoints();
        }

        foreach (Level level in _levels)
        {
            if (level.Buckets.Count > 0)
            {
                Put(level);
            }
        }

        new SeriesHeader(Count, [.. _blocks]).Write(_store, _name);
        _changed = false;
    }

    private static long IndexOf(List<long> steps, long step)
    {
        int index = steps.BinarySearch(step);
        if (index < 0)
        {
            return ~index;
        }

        while (index > 0 && steps[index - 1] == step)
        {
            index--;
        }

        return index;
    }

    /// <summary>Removes the points from a step on; the open blocks become those of the new end.</summary>
    public void TakeBackFrom(long step)
    {
        if (step > LastStep)
        {
            return;
        }

        long block = Math.Max(0, IndexOf(_blocks, step) - 1);
        long first = block * SeriesLayout.BlockPoints;
        long kept;
        if (block == _blocks.Count - 1 && _steps.Count > 0)
        {
            kept = first + IndexOf(_steps, step);
        }
        else
        {
            (long[] steps, _) = SeriesLayout.DecodePoints(_store.Require(SeriesLayout.NameOf(_name, 0), block));
            kept = first + IndexOf([.. steps], step);
        }

        Save();
        Restore(kept);
        _store.DeleteFrom(SeriesLayout.NameOf(_name, 0), (kept + SeriesLayout.BlockPoints - 1) / SeriesLayout.BlockPoints);
        _changed = true;
    }

    private void Restore(long count)
    {
        Count = count;
        _steps.Clear();
        _values.Clear();
        int blocks = (int)((count + SeriesLayout.BlockPoints - 1) / SeriesLayout.BlockPoints);
        _blocks.RemoveRange(blocks, _blocks.Count - blocks);
        if (blocks > 0)
        {
            int kept = (int)(count - ((blocks - 1L) * SeriesLayout.BlockPoints));
            (long[] steps, double[] values) = SeriesLayout.DecodePoints(_store.Require(SeriesLayout.NameOf(_name, 0), blocks - 1));
            if (steps.Length < kept)
            {
                throw new InvalidDataException($"The last block of '{_name}' in the index has {steps.Length} points; it should have {kept}.");
            }

            _steps.AddRange(steps.AsSpan(0, kept));
            _values.AddRange(values.AsSpan(0, kept));
        }

        foreach (Level level in _levels)
        {
            level.Restore(_store, _name, count);
            _store.DeleteFrom(SeriesLayout.NameOf(_name, level.Number), level.Blocks + (level.Buckets.Count > 0 ? 1 : 0));
        }

        // The incomplete bucket of a level is recomputed from the full ones below it; at the lowest level the points are kept.
        for (int level = 2; level <= _levels.Length; level++)
        {
            long begin = count >> SeriesLayout.ShiftOf(level) << SeriesLayout.ShiftOf(level);
            long below = count >> SeriesLayout.ShiftOf(level - 1) << SeriesLayout.ShiftOf(level - 1);
            foreach (IndexedBucket bucket in _levels[level - 2].Of(_store, _name, begin, below))
            {
                _levels[level - 1].Resume(bucket);
            }
        }
    }

    private void PutPoints() => _store.Put(
        SeriesLayout.NameOf(_name, 0),
        _blocks.Count - 1,
        SeriesLayout.Encode(_store.Columns, CollectionsMarshal.AsSpan(_steps), CollectionsMarshal.AsSpan(_values)));

    private void Put(Level level) => _store.Put(
        SeriesLayout.NameOf(_name, level.Number),
        level.Blocks,
        SeriesLayout.Encode(_store.Columns, CollectionsMarshal.AsSpan(level.Buckets)));

    private void PutIfFull(Level level)
    {
        if (level.Buckets.Count == SeriesLayout.BlockBuckets)
        {
            Put(level);
            level.Next();
        }
    }

    /// <summary>One level: its buckets since the last full block, and the incomplete bucket.</summary>
    private sealed class Level(int number)
    {
        private readonly long _mask = (1L << SeriesLayout.ShiftOf(number)) - 1;
        private IndexedBucket? _open;

        public int Number => number;

        public long Blocks { get; private set; }

        public List<IndexedBucket> Buckets { get; } = [];

        public bool Add(in IndexedBucket bucket, long count, out IndexedBucket whole)
        {
            whole = _open is { } open ? open.Join(bucket) : bucket;
            if ((count & _mask) != 0)
            {
                _open = whole;
                return false;
            }

            Buckets.Add(whole);
            _open = null;
            return true;
        }

        public void Resume(in IndexedBucket bucket) => _open = _open is { } open ? open.Join(bucket) : bucket;

        public void Next()
        {
            Blocks++;
            Buckets.Clear();
        }

        public void Restore(IndexStore store, string name, long count)
        {
            long buckets = count >> SeriesLayout.ShiftOf(number);
            _open = null;
            Blocks = buckets / SeriesLayout.BlockBuckets;
            Buckets.Clear();
            if (buckets % SeriesLayout.BlockBuckets is > 0 and var kept)
            {
                Buckets.AddRange(Of(store, name, Blocks * SeriesLayout.BlockBuckets << SeriesLayout.ShiftOf(number), buckets << SeriesLayout.ShiftOf(number)).Take((int)kept));
            }
        }

        /// <summary>Returns the full buckets between two points, which are in one block.</summary>
        public IEnumerable<IndexedBucket> Of(IndexStore store, string name, long begin, long end)
        {
            long first = begin >> SeriesLayout.ShiftOf(number);
            long last = end >> SeriesLayout.ShiftOf(number);
            if (first >= last)
            {
                return [];
            }

            long block = first / SeriesLayout.BlockBuckets;
            IReadOnlyList<IndexedBucket> buckets = block == Blocks && Buckets.Count > 0
                ? Buckets : SeriesLayout.DecodeBuckets(store.Require(SeriesLayout.NameOf(name, number), block));
            long inBlock = block * SeriesLayout.BlockBuckets;
            if (buckets.Count < last - inBlock)
            {
                throw new InvalidDataException($"Block {block} of level {number} of '{name}' in the index has {buckets.Count} buckets; it should have {last - inBlock} or more.");
            }

            return buckets.Skip((int)(first - inBlock)).Take((int)(last - first));
        }
    }
}
