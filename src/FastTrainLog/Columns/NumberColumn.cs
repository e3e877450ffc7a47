using System.Numerics;
using FastTrainLog.Utf8Text;

namespace FastTrainLog.Columns;

/// <summary>Writes a column of integers as byte planes: the lowest bytes of all, then the next ones; as they are, as differences, or as differences of these, whichever takes fewer bits.</summary>
/// <remarks>In a plane similar bytes are adjacent, which an entropy coder compresses to what is random in them.</remarks>
internal static class NumberColumn
{
    private const int MostOrder = 2;

    // Of a block's thousands of rows, as many as tell which order is best.
    private const int SampleRows = 1024;

    public static void Write(Utf8Buffer target, ReadOnlySpan<long> values)
    {
        int best = 0;
        double least = double.MaxValue;
        for (int order = 0; order <= MostOrder; order++)
        {
            double bits = BitsOf(values, order);
            if (bits < least)
            {
                (best, least) = (order, bits);
            }
        }

        ulong all = 0;
        var previous = new Previous(best);
        foreach (long value in values)
        {
            all |= previous.Change(value);
        }

        int planes = PlanesOf(all);
        target.Append((byte)best);
        target.Append((byte)planes);
        Span<byte> bytes = target.Reserve(planes * values.Length);
        previous = new Previous(best);
        for (int i = 0; i < values.Length; i++)
        {
            ulong change = previous.Change(values[i]);
            for (int plane = 0; plane < planes; plane++)
            {
                bytes[(plane * values.Length) + i] = (byte)(change >> (8 * plane));
            }
        }

        target.Advance(planes * values.Length);
    }

    /// <exception cref="InvalidDataException">The bytes are not a column.</exception>
    public static long[] Read(ref ByteReader source, int count)
    {
        int order = source.ReadByte();
        int planes = source.ReadByte();
        if (order > MostOrder || planes > sizeof(long))
        {
            throw new InvalidDataException($"a column has order {order} and {planes} planes");
        }

        ReadOnlySpan<byte> bytes = source.Read(checked(planes * count));
        long[] values = new long[count];
        var previous = new Previous(order);
        for (int i = 0; i < count; i++)
        {
            ulong change = 0;
            for (int plane = 0; plane < planes; plane++)
            {
                change |= (ulong)bytes[(plane * count) + i] << (8 * plane);
            }

            values[i] = previous.Restore(change);
        }

        return values;
    }

    /// <summary>Estimates the bits of a value, by the entropy of each plane of the first values.</summary>
    public static double BitsOf(ReadOnlySpan<long> values)
    {
        double least = double.MaxValue;
        for (int order = 0; order <= MostOrder; order++)
        {
            least = Math.Min(least, BitsOf(values, order));
        }

        return least;
    }

    private static double BitsOf(ReadOnlySpan<long> values, int order)
    {
        ReadOnlySpan<long> sample = values[..Math.Min(values.Length, SampleRows)];
        Span<int> counts = stackalloc int[sizeof(long) * 256];
        counts.Clear();
        var previous = new Previous(order);
        ulong all = 0;
        foreach (long value in sample)
        {
            ulong change = previous.Change(value);
            all |= change;
            for (int plane = 0; plane < sizeof(long); plane++)
            {
                counts[(plane * 256) + (int)((change >> (8 * plane)) & 0xFF)]++;
            }
        }

        double bits = 0;
        foreach (int count in counts[..(PlanesOf(all) * 256)])
        {
            bits += count == 0 ? 0 : count * Math.Log2((double)sample.Length / count);
        }

        return sample.IsEmpty ? 0 : bits / sample.Length;
    }

    private static int PlanesOf(ulong all) => (71 - BitOperations.LeadingZeroCount(all)) / 8;

    /// <summary>The values before one, of which it is told by its difference.</summary>
    private struct Previous(int order)
    {
        private long _last;
        private long _difference;

        public ulong Change(long value)
        {
            unchecked
            {
                long difference = value - _last;
                long change = order switch { 0 => value, 1 => difference, _ => difference - _difference };
                (_last, _difference) = (value, difference);
                return ((ulong)change << 1) ^ (ulong)(change >> 63);
            }
        }

        public long Restore(ulong bits)
        {
            unchecked
            {
                long change = (long)(bits >> 1) ^ -(long)(bits & 1);
                long value = order switch { 0 => change, 1 => _last + change, _ => _last + _difference + change };
                (_last, _difference) = (value, value - _last);
                return value;
            }
        }
    }
}
