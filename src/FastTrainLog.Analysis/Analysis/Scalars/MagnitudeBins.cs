using System.Globalization;
using FastTrainLog.Gradients;
using FastTrainLog.Reading;

namespace FastTrainLog.Analysis.Scalars;

/// <summary>Reads the bins of a histogram of gradient magnitudes: see <see cref="GradientHistogram"/>.</summary>
internal static class MagnitudeBins
{
    // All gradients of a run are fewer.
    private const double Most = 1L << 53;

    /// <summary>Returns the number of elements in each bin; null if the record has no elements in any.</summary>
    public static long[]? Read(in StoredRecord record)
    {
        if (!record.TryGet("Bins"u8, out StoredField bins))
        {
            return null;
        }

        long[]? counts = null;
        foreach (StoredField bin in bins.GetFields())
        {
            if (NumberOf(bin.GetName()) is { } number && bin.TryGetDouble(out double count) && count is >= 1 and <= Most)
            {
                counts ??= new long[GradientHistogram.Bins];
                counts[number] = (long)count;
            }
        }

        return counts;
    }

    // The first bin is called <2^-47, the others by where they begin: 2^-47, 2^-46.
    private static int? NumberOf(string name)
    {
        if (name.StartsWith('<'))
        {
            return 0;
        }

        return name.StartsWith("2^", StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(2), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int exponent)
            && exponent >= GradientHistogram.LowestExponent && exponent - GradientHistogram.LowestExponent + 1 < GradientHistogram.Bins
            ? exponent - GradientHistogram.LowestExponent + 1
            : null;
    }
}
