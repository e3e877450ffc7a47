using System.Runtime.InteropServices;

namespace FastTrainLog.Indexing;

/// <summary>Extends the histograms of one layer in an index, in the order of their steps, with the levels of sums above them.</summary>
/// <remarks>A step before the last one supersedes, as in a series. Only the last block of each level is in memory.</remarks>
internal sealed class HistogramWriter
{
    private readonly IndexStore _store;
    private readonly ColumnWriter _columns;
    private readonly string _name;
    private readonly List<IndexedHistogram>[] _last = [.. Enumerable.Range(0, HistogramLayout.HighestLevel + 1).Select(_ => new List<IndexedHistogram>())];

    // The first step of each block of histograms, by which a step is found.
    private readonly List<long> _blocks = [];
    private long _count;
    private bool _changed;

    /// <summary>Opens the histograms of a layer at their end, or creates them.</summary>
    public HistogramWriter(IndexStore store, ColumnWriter columns, string name)
    {
        (_store, _columns, _name) = (store, columns, name);
        if (SeriesHeader.Read(store, name, HistogramLayout.BlockItems) is { } header)
        {
            _blocks.AddRange(header.BlockSteps);
            Restore(header.Count);
        }
    }

    public void Add(IndexedHistogram histogram)
    {
        if (_count > 0 && histogram.FirstStep < _last[0][^1].LastStep)
        {
            TakeBackFrom(histogram.FirstStep);
        }

        _changed = true;
        _count++;
        Add(0, histogram);
    }

    /// <summary>Removes the histograms from a step on.</summary>
    public void TakeBackFrom(long step)
    {
        if (_count == 0 || step > _last[0][^1].LastStep)
        {
            return;
        }

        Save();
        int after = _blocks.FindIndex(first => first >= step);
        long block = Math.Max(0, (after < 0 ? _blocks.Count : after) - 1);
        Restore((block * HistogramLayout.BlockItems) + HistogramLayout.Decode(_store.Require(HistogramLayout.NameOf(_name, 0), block)).TakeWhile(item => item.LastStep < step).Count());
        _changed = true;
    }

    /// <summary>Writes what is not written yet, so that the histograms can be read and continued.</summary>
    public void Save()
    {
        if (!_changed)
        {
            return;
        }

        for (int level = 0; level < _last.Length; level++)
        {
            if (_last[level].Count is > 0 and < HistogramLayout.BlockItems)
            {
                Put(level);
            }
        }

        new SeriesHeader(_count, [.. _blocks]).Write(_store, _name);
        _changed = false;
    }

    private void Add(int level, IndexedHistogram item)
    {
        List<IndexedHistogram> last = _last[level];
        if (last.Count == HistogramLayout.BlockItems)
        {
            // A full block is kept until the next one begins, so that the last step is always available.
            last.Clear();
        }

        if (level == 0 && last.Count == 0)
        {
            _blocks.Add(item.FirstStep);
        }

        last.Add(item);
        if (last.Count == HistogramLayout.BlockItems)
        {
            Put(level);
        }

        if (level < HistogramLayout.HighestLevel && last.Count % HistogramLayout.Parts == 0)
        {
            Add(level + 1, IndexedHistogram.Join(CollectionsMarshal.AsSpan(last)[^HistogramLayout.Parts..]));
        }
    }

    private void Restore(long count)
    {
        _count = count;
        int blocks = (int)HistogramLayout.BlocksOf(count);
        _blocks.RemoveRange(blocks, _blocks.Count - blocks);
        for (int level = 0; level < _last.Length; level++)
        {
            long items = count >> HistogramLayout.ShiftOf(level);
            long before = Math.Max(0, HistogramLayout.BlocksOf(items) - 1);
            string name = HistogramLayout.NameOf(_name, level);
            _last[level].Clear();
            if (items > 0)
            {
                IndexedHistogram[] stored = HistogramLayout.Decode(_store.Require(name, before));
                int kept = (int)(items - (before * HistogramLayout.BlockItems));
                _last[level].AddRange(stored.Length >= kept ? stored[..kept] : throw new InvalidDataException($"Block {before} of '{name}' in the index has {stored.Length} histograms; it should have {kept}."));
            }
        }
    }

    private void Put(int level)
    {
        long block = HistogramLayout.BlocksOf(_count >> HistogramLayout.ShiftOf(level)) - 1;
        _store.Put(HistogramLayout.NameOf(_name, level), block, HistogramLayout.Encode(_columns, _last[level]));
    }
}
