using FastTrainLog.Analysis;
using FastTrainLog.Analysis.Statistics;
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
            double exact = values[(int)(share * (values.Length - 1))];
            Assert.InRange(sketch.Quantile(share) / exact, 1.0 - QuantileSketch.RelativeError - 1e-9, 1.0 + QuantileSketch.RelativeError + 1e-9);
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
        Assert.Equal(0.0, sketch.Quantile(0.3));
        Assert.InRange(sketch.Quantile(0.7), 4.95, 5.05);
        Assert.Equal(1e300, sketch.Maximum);
        Assert.True(double.IsNaN(new QuantileSketch().Quantile(0.5)));
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
    public void A_series_keeps_minimum_maximum_mean_and_what_is_not_finite_however_long_it_is()
    {
        var random = new Random(3);
        var series = new SampledSeries();
        double sum = 0.0;
        const int Count = 100_000;
        for (int i = 0; i < Count; i++)
        {
            double value = i switch
            {
                7 => -50.0,
                77_777 => 1000.0,
                50_000 => double.NaN,
                _ => random.NextDouble(),
            };
            sum += double.IsNaN(value) ? 0.0 : value;
            series.Add(i, value);
        }

        IReadOnlyList<SeriesPoint> points = series.Points;
        Assert.InRange(points.Count, SampledSeries.MostPoints / 2, SampledSeries.MostPoints);
        Assert.Equal(-50.0, points.Min(point => point.Minimum));
        SeriesPoint highest = points.MaxBy(point => point.Maximum);
        Assert.Equal(1000.0, highest.Maximum);
        Assert.InRange(77_777 - highest.Position, 0, 255);
        Assert.Equal(1, points.Sum(point => point.NonFinite));
        Assert.Equal(0, points[0].Position);

        // All points but the last stand for the same number of values.
        double width = points[1].Position;
        Assert.Equal(sum / Count, points.Sum(point => point.Mean * width) / (points.Count * width), 2);
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
