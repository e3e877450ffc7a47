using System.Globalization;
using FastTrainLog.Gradients;
using FastTrainLog.Reading;

namespace FastTrainLog.Shipping.TensorBoard;

/// <summary>Reads the histogram of a layer's gradient magnitudes, one bin for each power of two: see <see cref="GradientHistogram"/>.</summary>
internal static class MagnitudeHistogram
{
    /// <summary>Returns the histogram, or null if the record has none. Its moments are those of the middles of the bins.</summary>
    /// <param name="record">The record.</param>
    /// <param name="maximum">The greatest magnitude, which is where the last bin ends; null if it is not known, as that bin has no end of its own.</param>
    public static HistogramSummary? Read(in StoredRecord record, double? maximum)
    {
        if (!record.TryGet("Bins"u8, out StoredField bins))
        {
            return null;
        }

        // Empty bins are omitted in the log; TensorBoard requires them between the first and the last.
        var counts = new SortedDictionary<int, double>();
        foreach (StoredField bin in bins.GetFields())
        {
            if (NumberOf(bin.GetName()) is { } number && bin.TryGetDouble(out double count) && count > 0)
            {
                counts[number] = count;
            }
        }

        if (counts.Count == 0)
        {
            return null;
        }

        int first = counts.Keys.First();
        int last = counts.Keys.Last();
        double[] limits = new double[last - first + 1];
        double[] values = new double[limits.Length];
        double total = 0, sum = 0, squares = 0;
        for (int i = 0; i < limits.Length; i++)
        {
            double lower = GradientHistogram.LowerBound(first + i);
            double upper = UpperBound(first + i, maximum);
            // For values without an upper bound only the lower bound is known.
            double middle = upper == double.MaxValue ? lower : (lower + upper) / 2;
            limits[i] = upper;
            values[i] = counts.GetValueOrDefault(first + i);
            total += values[i];
            sum += values[i] * middle;
            squares += values[i] * middle * middle;
        }

        return new HistogramSummary(GradientHistogram.LowerBound(first), limits[^1], total, sum, squares, limits, values);
    }

    // Without an end TensorFlow's own histograms end at the largest double.
    private static double UpperBound(int bin, double? maximum) =>
        bin + 1 < GradientHistogram.Bins ? GradientHistogram.LowerBound(bin + 1)
        : maximum > GradientHistogram.LowerBound(bin) ? maximum.Value
        : double.MaxValue;

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
