namespace FastTrainLog.Benchmarks.Numbers;

/// <summary>Endless numbers to write.</summary>
internal static class NumberSource
{
    /// <summary>Yields numbers from 1e-6 to 1e4, evenly over their logarithm, with all their digits, as losses, rates and norms have them.</summary>
    public static IEnumerable<double> Training(int seed)
    {
        var random = new Random(seed);
        while (true)
        {
            yield return Math.Pow(10, (random.NextDouble() * 10) - 6);
        }
    }

    /// <summary>Yields any 64 bits as doubles, NaN and infinities among them.</summary>
    public static IEnumerable<double> RandomDoubles(int seed)
    {
        var random = new Random(seed);
        while (true)
        {
            yield return BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));
        }
    }

    /// <summary>Yields any 32 bits as floats, NaN and infinities among them.</summary>
    public static IEnumerable<float> RandomFloats(int seed)
    {
        var random = new Random(seed);
        while (true)
        {
            yield return BitConverter.UInt32BitsToSingle((uint)random.NextInt64(1L << 32));
        }
    }

    /// <summary>Returns the 64 bits at a place of a random sequence that needs no walking, after G. Steele et al., "Fast splittable pseudorandom number generators" (2014).</summary>
    public static ulong RandomBits(ulong seed, long index)
    {
        ulong bits = seed + ((ulong)(index + 1) * 0x9E3779B97F4A7C15);
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        return bits ^ (bits >> 31);
    }
}
