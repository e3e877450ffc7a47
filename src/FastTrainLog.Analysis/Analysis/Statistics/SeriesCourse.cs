using FastTrainLog.Series;
using FastTrainLog.State;

namespace FastTrainLog.Analysis.Statistics;

/// <summary>The trend of a series.</summary>
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

    /// <summary>Returns the change of the value from one position to the next, over the last part of the series.</summary>
    /// <param name="series">The series.</param>
    /// <param name="share">The size of that part, as a share.</param>
    /// <returns>The slope of the least-squares line; NaN if the part has fewer than three buckets.</returns>
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

    /// <summary>Returns the relative change of the last quarter's mean from the first quarter's: 0.1 for a tenth more.</summary>
    public static double Change(this MetricSeries series)
    {
        ReadOnlySpan<SeriesBucket> buckets = series.Buckets;
        int quarter = buckets.Length / 4;
        double first = MeanOf(buckets[..quarter]);
        return (MeanOf(buckets[^quarter..]) - first) / Math.Abs(first);
    }

    public static void Carry(this MetricSeries series, StateCodec codec)
    {
        MetricSeriesState state = series.State;
        SeriesBucket[] buckets = state.Buckets;
        NonFinitePoint[] nonFinite = state.NonFinite;
        codec.Values(ref buckets);
        codec.Values(ref nonFinite);
        state = new MetricSeriesState(buckets, nonFinite, codec.Value(state.Stride), codec.Value(state.Points), codec.Value(state.NonFiniteLeftOut));
        if (codec.IsReading)
        {
            series.State = state;
        }
    }

    private static double MeanOf(ReadOnlySpan<SeriesBucket> buckets) =>
        buckets.ToArray().Select(bucket => bucket.Mean).Where(mean => !double.IsNaN(mean)).DefaultIfEmpty(double.NaN).Average();
}
