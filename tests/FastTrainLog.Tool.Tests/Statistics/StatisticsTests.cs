using FastTrainLog.Analysis;
using FastTrainLog.Analysis.Statistics;
using FastTrainLog.Series;
using Xunit;

namespace FastTrainLog.Tool.Tests.Statistics;

public sealed class StatisticsTests
{
    [Theory]
    [InlineData(1e-9, 1.0)]
    [InlineData(1.0, 1.0)]
    [InlineData(1e6, 0.1)]
    public void Percentiles_are_at_most_1_percent_off(double scale, double spread)
    {
        var random = new Random(1);
        double[] values = [.. Enumerable.Range(0, 20_000).Select(_ => scale * Math.Exp(spread * Normal(random)))];
        var sketch = new QuantileSketch();
        Array.ForEach(values, sketch.Add);
        Array.Sort(values);
        foreach (double share in new[] { 0.0, 0.001, 0.5, 0.9, 0.99, 0.999, 1.0 })
        {
            double exact = Quantile.Of(values, share);
            Assert.InRange(sketch.QuantileAt(share) / exact, 1.0 - QuantileSketch.RelativeError - 1e-9, 1.0 + QuantileSketch.RelativeError + 1e-9);
        }
    }

    [Fact]
    public void Percentiles_take_zeros_in_and_leave_out_what_is_not_finite()
    {
        var sketch = new QuantileSketch();
        foreach (double value in new[] { 0.0, 0.0, 5.0, double.NaN, double.PositiveInfinity, 1e300 })
        {
            sketch.Add(value);
        }

        Assert.Equal(4, sketch.Count);
        Assert.Equal(0.0, sketch.QuantileAt(0.3));
        Assert.InRange(sketch.QuantileAt(2.0 / 3.0), 4.95, 5.05);
        Assert.Equal(1e300, sketch.Maximum);
        Assert.True(double.IsNaN(new QuantileSketch().QuantileAt(0.5)));
    }

    // NumPy's numpy.percentile of the same values.
    [Theory]
    [InlineData(new[] { 4.0 }, 4.0, 4.0, 4.0)]
    [InlineData(new[] { 1.0, 2.0 }, 1.5, 1.9, 1.99)]
    [InlineData(new[] { 10.0, 1.0, 2.0 }, 2.0, 8.4, 9.84)]
    [InlineData(new[] { 0.0, 0.0, 0.0, 8.0 }, 0.0, 5.6, 7.76)]
    [InlineData(new[] { 5.0, 1.0, 4.0, 2.0, 3.0 }, 3.0, 4.6, 4.96)]
    [InlineData(new[] { 7.0, 7.0, 7.0 }, 7.0, 7.0, 7.0)]
    public void Percentiles_of_few_values_lie_between_the_nearest_ranks(double[] values, double p50, double p90, double p99)
    {
        var sketch = new QuantileSketch();
        Array.ForEach(values, sketch.Add);
        Percentiles figures = sketch.ToFigures();
        double[] sorted = [.. values.Order()];
        foreach ((double expected, double share, double estimated) in new[] { (p50, 0.5, figures.P50), (p90, 0.9, figures.P90), (p99, 0.99, figures.P99) })
        {
            Assert.Equal(expected, Quantile.Of(sorted, share), 1e-12);
            Assert.InRange(estimated, expected * (1.0 - QuantileSketch.RelativeError), expected * (1.0 + QuantileSketch.RelativeError));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    public void Median_and_deviation_are_those_of_the_latest_values(int size)
    {
        var random = new Random(2);
        var window = new RobustWindow(size);
        var all = new List<double>();
        for (int i = 0; i < 500; i++)
        {
            // Few different ones, so that equal values come and go.
            double value = random.Next(12) / 4.0;
            all.Add(value);
            window.Add(value);
            double[] latest = [.. all.TakeLast(size)];
            double median = Median(latest);
            Assert.Equal(median, window.Median);
            Assert.Equal(Median([.. latest.Select(x => Math.Abs(x - median))]), window.MedianAbsoluteDeviation(), 12);
        }
    }

    [Fact]
    public void The_course_of_a_series_is_that_of_its_buckets_however_long_it_is()
    {
        var series = new MetricSeries();
        const int Count = 100_000;
        for (int i = 0; i < Count; i++)
        {
            // A line that rises by 0.5 a step, with a spike and a hole.
            series.Add(i, i switch { 77_777 => 1e9, 50_000 => double.NaN, _ => 100.0 + (0.5 * i) });
        }

        IReadOnlyList<SeriesPoint> points = series.ToPoints();
        Assert.InRange(points.Count, MetricSeries.MostBuckets / 2, MetricSeries.MostBuckets);
        Assert.Equal((0L, 100.0), (points[0].Position, points[0].Minimum));
        SeriesPoint highest = points.MaxBy(point => point.Maximum);
        Assert.Equal(1e9, highest.Maximum);
        Assert.InRange(77_777 - highest.Position, 0, 255);
        Assert.Equal(1, points.Sum(point => point.NonFinite));

        // The last tenth is behind the spike.
        Assert.Equal(0.5, series.Slope(0.1), 2);
    }

    [Theory]
    [InlineData(2, 1.0, double.NaN)]
    [InlineData(8, 1.0, 0.0)]
    [InlineData(8, 2.0, 1.0)]
    [InlineData(8, 0.25, -0.75)]
    public void The_change_of_a_series_is_that_of_its_last_quarter_against_its_first(int count, double last, double change)
    {
        var series = new MetricSeries();
        for (int i = 0; i < count; i++)
        {
            series.Add(i, i < count / 4 ? 1.0 : i >= count - (count / 4) ? last : 17.0);
        }

        Assert.Equal(change, series.Change());
    }

    [Fact]
    public void The_slope_of_fewer_than_three_known_values_is_not_known()
    {
        var series = new MetricSeries();
        series.Add(1, 1.0);
        series.Add(2, double.NaN);
        series.Add(3, 2.0);
        Assert.True(double.IsNaN(series.Slope(1.0)));
        series.Add(4, 2.5);
        Assert.Equal(0.5, series.Slope(1.0), 12);
    }

    [Fact]
    public void A_thinned_list_stays_short_and_even()
    {
        var list = new ThinnedList<int>();
        for (int i = 0; i < 10_000; i++)
        {
            list.Add(i);
        }

        Assert.Equal(10_000, list.Count);
        Assert.InRange(list.Kept.Count, ThinnedList<int>.Most / 2, ThinnedList<int>.Most);
        Assert.All(list.Kept.Zip(list.Kept.Skip(1)), pair => Assert.Equal(list.Kept[1], pair.Second - pair.First));
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2.0;
    }

    private static double Normal(Random random) => Math.Sqrt(-2.0 * Math.Log(1.0 - random.NextDouble())) * Math.Cos(2.0 * Math.PI * random.NextDouble());
}
