using FastTrainLog.Analysis.Scalars;
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
        if (MagnitudeBins.Read(record) is not { } counts)
        {
            return null;
        }

        // Empty bins are omitted in the log; TensorBoard requires them between the first and the last.
        int first = Array.FindIndex(counts, static count => count > 0);
        int last = Array.FindLastIndex(counts, static count => count > 0);
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
            values[i] = counts[first + i];
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
}
