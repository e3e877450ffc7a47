using FastTrainLog.Series;

namespace FastTrainLog.Ranks;

/// <summary>The distance of values from their median: the robust z-score of Iglewicz and Hoaglin, "How to detect and handle outliers", 1993.</summary>
internal static class RobustScores
{
    /// <summary>The minimum number of values among which an outlier can be identified.</summary>
    public const int Fewest = 3;

    // The MAD of normally distributed values times this is their standard deviation.
    private const double Normal = 1.4826;

    // Synchronised ranks have almost no deviation, so a difference of one percent would have an infinite score.
    private const double LeastDeviation = 0.01;

    /// <summary>Returns the scores, in the order of the values.</summary>
    /// <param name="values">The values; all are finite.</param>
    /// <param name="median">Their median.</param>
    public static double[] Of(ReadOnlySpan<double> values, out double median)
    {
        double middle = median = MedianOf(values);
        double[] distances = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            distances[i] = Math.Abs(values[i] - middle);
        }

        double deviation = Normal * Math.Max(MedianOf(distances), LeastDeviation * Math.Abs(middle));
        double[] scores = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            scores[i] = deviation > 0.0 ? (values[i] - middle) / deviation : 0.0;
        }

        return scores;
    }

    private static double MedianOf(ReadOnlySpan<double> values)
    {
        double[] sorted = values.ToArray();
        Array.Sort(sorted);
        return Quantile.Of(sorted, 0.5);
    }
}
