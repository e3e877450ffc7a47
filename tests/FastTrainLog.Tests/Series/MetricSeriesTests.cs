using FastTrainLog.Series;
using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Tests.Series;

public sealed class MetricSeriesTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Buckets_say_of_their_stretch_what_a_plain_look_at_all_points_says(int seed)
    {
        var random = new Random(seed);
        var points = new List<(long Step, double Value)>();
        var series = new MetricSeries();
        int count = random.Next(0, 1 << random.Next(1, 15));
        long step = random.Next(-5, 5);
        for (int i = 0; i < count; i++)
        {
            step += random.Next(0, 3);
            points.Add((step, Value(random)));
            series.Add(points[^1].Step, points[^1].Value);
        }

        SeriesSnapshot snapshot = series.Snapshot();
        Assert.Equal(count, snapshot.Points);
        Assert.InRange(snapshot.Buckets.Count, Math.Min(count, MetricSeries.MostBuckets / 2), MetricSeries.MostBuckets);
        int at = 0;
        foreach (SeriesBucket bucket in snapshot.Buckets)
        {
            (long Step, double Value)[] stretch = [.. points.Skip(at).Take((int)bucket.Points)];
            at += stretch.Length;
            (long Step, double Value)[] finite = [.. stretch.Where(point => double.IsFinite(point.Value))];
            Assert.Equal((stretch[0].Step, stretch[^1].Step, stretch[^1].Value), (bucket.FirstStep, bucket.LastStep, bucket.Last));
            Assert.Equal(stretch.Length - finite.Length, bucket.NonFinite);
            if (finite.Length == 0)
            {
                Assert.True(double.IsNaN(bucket.Minimum) && double.IsNaN(bucket.Maximum) && double.IsNaN(bucket.Mean));
                continue;
            }

            Assert.Equal(finite.MinBy(point => point.Value), (bucket.MinimumStep, bucket.Minimum));
            Assert.Equal(finite.MaxBy(point => point.Value), (bucket.MaximumStep, bucket.Maximum));
            double mean = finite.Sum(point => point.Value / finite.Length);
            Assert.True(Math.Abs(mean - bucket.Mean) <= 1e-9 * finite.Max(point => Math.Abs(point.Value)), $"{mean} is the mean, not {bucket.Mean}");
        }

        Assert.Equal(count, at);
        Assert.All(snapshot.Buckets.SkipLast(1), bucket => Assert.Equal(snapshot.Buckets[0].Points, bucket.Points));
        NonFinitePoint[] nonFinite = [.. points.Where(point => !double.IsFinite(point.Value)).Select(point => new NonFinitePoint(point.Step, point.Value))];
        Assert.Equal(nonFinite.Take(MetricSeries.MostNonFinite), snapshot.NonFinite);
        Assert.Equal(nonFinite.Length - snapshot.NonFinite.Count, snapshot.NonFiniteLeftOut);
    }

    [Fact]
    public void Millions_of_points_stay_in_bounds_and_keep_the_extremes_and_every_point_that_is_not_finite()
    {
        long steps = Campaign.Of(1_000_000, 10_000_000, 100_000_000);
        (long least, long greatest, long period) = (steps / 81, steps / 100 * 98, (steps / 100) + 3);
        var series = new MetricSeries();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (long step = 1; step <= steps; step++)
        {
            double value = step switch
            {
                _ when step == least => -7.5,
                _ when step == greatest => 1e9,
                _ when step % period == 0 => double.NaN,
                _ => 1.0 / (step & 1023 | 1),
            };
            series.Add(step, value);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
        SeriesSnapshot snapshot = series.Snapshot();
        Assert.Equal(steps, snapshot.Points);
        Assert.InRange(snapshot.Buckets.Count, MetricSeries.MostBuckets / 2, MetricSeries.MostBuckets);
        Assert.Equal((-7.5, least), snapshot.Buckets.Select(bucket => (bucket.Minimum, bucket.MinimumStep)).Min());
        Assert.Equal((1e9, greatest), snapshot.Buckets.Select(bucket => (bucket.Maximum, bucket.MaximumStep)).Max());
        Assert.Equal([.. Enumerable.Range(1, 99).Select(i => i * period)], snapshot.NonFinite.Select(point => point.Step));
        Assert.Equal(99, snapshot.Buckets.Sum(bucket => bucket.NonFinite));
    }

    private static double Value(Random random) => random.Next(40) switch
    {
        0 => double.NaN,
        1 => double.PositiveInfinity,
        2 => double.NegativeInfinity,
        3 => double.MaxValue,
        4 => -double.MaxValue,
        5 => 0.0,
        _ => (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-10, 10)),
    };
}
