namespace FastTrainLog.Series;

/// <summary>
/// The one definition of quantiles, percentiles and medians: linear interpolation between the two nearest ranks, with the smallest value at 0 and the greatest
/// at 1. It is type 7 of Hyndman and Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50 (1996), and the default of NumPy, R and Excel.
/// </summary>
internal static class Quantile
{
    /// <summary>Returns the value below which a share of all values is.</summary>
    /// <param name="sorted">The values, the smallest first.</param>
    /// <param name="share">The share, 0 to 1.</param>
    /// <returns>The value, NaN if there is none.</returns>
    public static double Of(ReadOnlySpan<double> sorted, double share)
    {
        if (sorted.IsEmpty)
        {
            return double.NaN;
        }

        (long below, long above, double part) = Ranks(sorted.Length, share);
        return Between(sorted[(int)below], sorted[(int)above], part);
    }

    /// <summary>Returns the middle value of some in any order, the mean of the two in the middle where their number is even.</summary>
    public static double Median(IEnumerable<double> values) => Of(values.Order().ToArray(), 0.5);

    /// <summary>Returns the ranks, counted from 0, between which a quantile is, and its relative position between them.</summary>
    public static (long Below, long Above, double Part) Ranks(long count, double share)
    {
        double rank = share * (count - 1);
        var below = (long)rank;
        return (below, Math.Min(below + 1, count - 1), rank - below);
    }

    public static double Between(double below, double above, double part) => below + (part * (above - below));
}
