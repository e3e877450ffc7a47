using FastTrainLog.Series;

namespace FastTrainLog.Analysis.Statistics;

/// <summary>What the course of a series comes to.</summary>
internal static class SeriesCourse
{
    public static IReadOnlyList<SeriesPoint> ToPoints(this MetricSeries series)
    {
        ReadOnlySpan<SeriesBucket> buckets = series.Buckets;
        var points = new SeriesPoint[buckets.Length];
        for (int i = 0; i < points.Length; i++)
        {
            ref readonly SeriesBucket bucket = ref buckets[i];
            points[i] = new SeriesPoint(bucket.FirstStep, bucket.Minimum, bucket.Mean, bucket.Maximum, bucket.NonFinite);
        }

        return points;
    }

    /// <summary>Returns by how much the value changes from one position to the next, over the last part of the series.</summary>
    /// <param name="series">The series.</param>
    /// <param name="share">How large that part is.</param>
    /// <returns>The slope of the line of least squares, NaN where there are fewer than three buckets of it.</returns>
    public static double Slope(this MetricSeries series, double share)
    {
        SeriesBucket[] all = series.Buckets.ToArray();
        SeriesBucket[] part = [.. all.Skip((int)(all.Length * (1.0 - share))).Where(bucket => !double.IsNaN(bucket.Mean))];
        if (part.Length < 3)
        {
            return double.NaN;
        }

        double meanX = part.Average(bucket => (double)bucket.FirstStep);
        double meanY = part.Average(bucket => bucket.Mean);
        double covariance = part.Sum(bucket => (bucket.FirstStep - meanX) * (bucket.Mean - meanY));
        double variance = part.Sum(bucket => (bucket.FirstStep - meanX) * (bucket.FirstStep - meanX));
        return variance > 0.0 ? covariance / variance : double.NaN;
    }

    /// <summary>Returns how the last quarter's mean stands to the first quarter's, as a share: 0.1 for a tenth more.</summary>
    public static double Change(this MetricSeries series)
    {
        ReadOnlySpan<SeriesBucket> buckets = series.Buckets;
        int quarter = buckets.Length / 4;
        double first = MeanOf(buckets[..quarter]);
        return (MeanOf(buckets[^quarter..]) - first) / Math.Abs(first);
    }

    private static double MeanOf(ReadOnlySpan<SeriesBucket> buckets) =>
        buckets.ToArray().Select(bucket => bucket.Mean).Where(mean => !double.IsNaN(mean)).DefaultIfEmpty(double.NaN).Average();
}
