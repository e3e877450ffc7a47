namespace FastTrainLog.Indexing;

/// <summary>The layout of a series in an index: its points in blocks, and above them levels of buckets, each of four buckets of the level below.</summary>
/// <remarks>Level 0 contains the points. A bucket of level 1 has 64 points, one of level 2 has 256, and so on. Only full buckets are stored; the rest is one level below.</remarks>
internal static class SeriesLayout
{
    /// <summary>The number of points in a block of level 0.</summary>
    public const int BlockPoints = 2048;

    /// <summary>The number of buckets in a block of the other levels.</summary>
    public const int BlockBuckets = 256;

    /// <summary>The number of levels of buckets: a bucket of the highest has 67 million points.</summary>
    public const int Levels = 11;

    /// <summary>The number of points of a bucket of the lowest level; a block of points has full ones.</summary>
    public const int LeastPoints = 1 << FirstLevelShift;

    private const int FirstLevelShift = 6;
    private const int LevelShift = 2;

    /// <summary>Returns the number of points of a bucket, as an exponent of two.</summary>
    public static int ShiftOf(int level) => level == 0 ? 0 : FirstLevelShift + (LevelShift * (level - 1));

    /// <summary>Returns the name of a level's blocks in the store.</summary>
    public static string NameOf(string series, int level) => $"{series}/{level}";

    public static byte[] Encode(ColumnWriter writer, ReadOnlySpan<long> steps, ReadOnlySpan<double> values)
    {
        writer.Write([steps.Length]);
        writer.Write(steps);
        writer.Write(values);
        return writer.Take();
    }

    public static (long[] Steps, double[] Values) DecodePoints(ReadOnlySpan<byte> block)
    {
        var reader = new ColumnReader(block);
        int count = CountOf(ref reader, BlockPoints);
        long[] steps = new long[count];
        double[] values = new double[count];
        reader.Read(steps);
        reader.Read(values);
        return (steps, values);
    }

    public static byte[] Encode(ColumnWriter writer, ReadOnlySpan<IndexedBucket> buckets)
    {
        Span<long> integers = stackalloc long[BlockBuckets];
        Span<double> numbers = stackalloc double[BlockBuckets];
        integers = integers[..buckets.Length];
        numbers = numbers[..buckets.Length];
        writer.Write([buckets.Length]);
        for (int column = 0; column < 5; column++)
        {
            for (int i = 0; i < buckets.Length; i++)
            {
                ref readonly IndexedBucket bucket = ref buckets[i];
                integers[i] = column switch { 0 => bucket.FirstStep, 1 => bucket.LastStep, 2 => bucket.Count, 3 => bucket.NonFiniteCount, _ => (long)bucket.NonFinite };
            }

            writer.Write(integers);
        }

        for (int column = 0; column < 4; column++)
        {
            for (int i = 0; i < buckets.Length; i++)
            {
                ref readonly IndexedBucket bucket = ref buckets[i];
                numbers[i] = column switch { 0 => bucket.Minimum, 1 => bucket.Maximum, 2 => bucket.Mean, _ => bucket.Last };
            }

            writer.Write(numbers);
        }

        return writer.Take();
    }

    public static IndexedBucket[] DecodeBuckets(ReadOnlySpan<byte> block)
    {
        var reader = new ColumnReader(block);
        int count = CountOf(ref reader, BlockBuckets);
        Span<long> integers = stackalloc long[5 * BlockBuckets];
        Span<double> numbers = stackalloc double[4 * BlockBuckets];
        for (int column = 0; column < 5; column++)
        {
            reader.Read(integers.Slice(column * count, count));
        }

        for (int column = 0; column < 4; column++)
        {
            reader.Read(numbers.Slice(column * count, count));
        }

        var buckets = new IndexedBucket[count];
        for (int i = 0; i < count; i++)
        {
            buckets[i] = new IndexedBucket(
                integers[i], integers[count + i], integers[(2 * count) + i], numbers[i], numbers[count + i], numbers[(2 * count) + i],
                numbers[(3 * count) + i], integers[(3 * count) + i], (NonFiniteKinds)integers[(4 * count) + i]);
        }

        return buckets;
    }

    private static int CountOf(ref ColumnReader reader, int most)
    {
        Span<long> count = stackalloc long[1];
        reader.Read(count);
        return count[0] >= 0 && count[0] <= most ? (int)count[0] : throw new InvalidDataException($"A block of the index says that it has {count[0]} points.");
    }
}
