using FastTrainLog.Gradients;

namespace FastTrainLog.Indexing;

/// <summary>The layout of the histograms of a layer in an index: in blocks, and above them levels of sums, each of eight of the level below.</summary>
/// <remarks>Level 0 contains the histograms. Only full sums are stored; the rest is one level below.</remarks>
internal static class HistogramLayout
{
    /// <summary>The number of histograms, or sums of them, in a block; a multiple of those that make a sum of the next level.</summary>
    public const int BlockItems = 64;

    /// <summary>The highest level: one of its sums is of 262,144 histograms.</summary>
    public const int HighestLevel = 6;

    private const int LevelShift = 3;

    /// <summary>The number of sums that make one of the next level.</summary>
    public const int Parts = 1 << LevelShift;

    /// <summary>Returns the number of histograms in a sum, as an exponent of two.</summary>
    public static int ShiftOf(int level) => LevelShift * level;

    /// <summary>Returns the name of a level's blocks in the store.</summary>
    public static string NameOf(string name, int level) => $"{name}/{level}";

    /// <summary>Returns the number of blocks that so many items take.</summary>
    public static long BlocksOf(long items) => (items + BlockItems - 1) / BlockItems;

    public static byte[] Encode(ColumnWriter writer, IReadOnlyList<IndexedHistogram> items)
    {
        int first = items.Min(item => item.FirstBin);
        int end = items.Max(item => item.EndBin);
        writer.Write([items.Count, first, end]);
        Write(writer, items, static item => item.FirstStep);
        Write(writer, items, static item => item.LastStep);
        Write(writer, items, static item => item.Count);
        for (int bin = first; bin < end; bin++)
        {
            Write(writer, items, item => item.In(bin));
        }

        return writer.Take();
    }

    public static IndexedHistogram[] Decode(ReadOnlySpan<byte> block)
    {
        var reader = new ColumnReader(block);
        Span<long> head = stackalloc long[3];
        reader.Read(head);
        if (head[0] is < 1 or > BlockItems || head[1] < 0 || head[2] < head[1] || head[2] > GradientHistogram.Bins)
        {
            throw new InvalidDataException($"A block of the index says that it has {head[0]} histograms of the bins {head[1]} to {head[2]}.");
        }

        (int count, int first, int bins) = ((int)head[0], (int)head[1], (int)(head[2] - head[1]));
        long[] columns = new long[count * (3 + bins)];
        for (int column = 0; column < 3 + bins; column++)
        {
            reader.Read(columns.AsSpan(column * count, count));
        }

        var items = new IndexedHistogram[count];
        for (int i = 0; i < count; i++)
        {
            long[] elements = new long[bins];
            for (int bin = 0; bin < bins; bin++)
            {
                elements[bin] = columns[((3 + bin) * count) + i];
            }

            items[i] = new IndexedHistogram(columns[i], columns[count + i], columns[(2 * count) + i], first, elements);
        }

        return items;
    }

    private static void Write(ColumnWriter writer, IReadOnlyList<IndexedHistogram> items, Func<IndexedHistogram, long> of)
    {
        Span<long> column = stackalloc long[BlockItems];
        for (int i = 0; i < items.Count; i++)
        {
            column[i] = of(items[i]);
        }

        writer.Write(column[..items.Count]);
    }
}
