using FastTrainLog.Indexing;
using Xunit;

namespace FastTrainLog.Tool.Tests.Indexing;

public sealed class SeriesPyramidTests : IDisposable
{
    private static readonly double[] NotFinite = [double.NaN, double.PositiveInfinity, double.NegativeInfinity];

    private readonly LogDirectory _directory = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Any_question_is_answered_from_every_point_once(int seed)
    {
        var random = new Random(seed);
        List<(long Step, double Value)> points = WriteAtRandom(random, random.Next(1, 40_000));

        using IndexStore store = IndexStore.Open(_directory.PathOf("index"));
        var query = new SeriesQuery(store, "series");
        foreach ((long first, long last, int count) in RandomRanges.Of(random, points[^1].Step, questions: 40, most: 1500))
        {
            AssertIsOf([.. points.Where(point => point.Step >= first && point.Step <= last)], query.Buckets(first, last, count), count);
        }
    }

    [Fact]
    public void A_step_that_comes_again_takes_those_from_it_on_back()
    {
        using IndexStore store = IndexStore.Open(_directory.PathOf("index"));
        using (IndexWrite write = store.Write())
        {
            var series = new SeriesWriter(store, "series");
            AddSteps(series, 1, 10_000, value: 1.0);
            AddSteps(series, 5_000, 6_000, value: 2.0);
            series.Save();
            write.Commit();
        }

        IndexedBucket all = Assert.Single(new SeriesQuery(store, "series").Buckets(0, 20_000, 1));
        Assert.Equal((1L, 6_000L, 6_000L), (all.FirstStep, all.LastStep, all.Count));
        Assert.Equal(((4_999 * 1.0) + (1_001 * 2.0)) / 6_000, all.Mean, 1e-12);
    }

    [Fact]
    public void What_is_not_finite_is_marked_whatever_the_distance()
    {
        using IndexStore store = IndexStore.Open(_directory.PathOf("index"));
        using (IndexWrite write = store.Write())
        {
            var series = new SeriesWriter(store, "series");
            for (int step = 0; step < 100_000; step++)
            {
                series.Add(step, step switch { 17_000 => double.NaN, 60_000 => double.NegativeInfinity, 60_001 => double.PositiveInfinity, _ => step });
            }

            series.Save();
            write.Commit();
        }

        IReadOnlyList<IndexedBucket> two = new SeriesQuery(store, "series").Buckets(0, 99_999, 2);
        Assert.Equal([(1L, NonFiniteKinds.NaN), (2L, NonFiniteKinds.PositiveInfinity | NonFiniteKinds.NegativeInfinity)], two.Select(bucket => (bucket.NonFiniteCount, bucket.NonFinite)));
        Assert.Equal((0.0, 99_999.0), (two[0].Minimum, two[1].Maximum));
    }

    public void Dispose() => _directory.Dispose();

    private static void AddSteps(SeriesWriter series, long first, long last, double value)
    {
        for (long step = first; step <= last; step++)
        {
            series.Add(step, value);
        }
    }

    private static void AssertIsOf(List<(long Step, double Value)> points, IReadOnlyList<IndexedBucket> buckets, int most)
    {
        Assert.InRange(buckets.Count, 0, most);
        int next = 0;
        foreach (IndexedBucket bucket in buckets)
        {
            List<(long Step, double Value)> part = points.GetRange(next, (int)bucket.Count);
            next += part.Count;
            double[] finite = [.. part.Select(point => point.Value).Where(double.IsFinite)];
            Assert.Equal((part[0].Step, part[^1].Step, part[^1].Value), (bucket.FirstStep, bucket.LastStep, bucket.Last));
            Assert.Equal(part.Count - finite.Length, bucket.NonFiniteCount);
            Assert.Equal(finite.Length == 0 ? double.NaN : finite.Min(), bucket.Minimum);
            Assert.Equal(finite.Length == 0 ? double.NaN : finite.Max(), bucket.Maximum);
            Assert.Equal(finite.Length == 0 ? double.NaN : finite.Average(), bucket.Mean, 1e-9);
        }

        Assert.Equal(points.Count, next);
    }

    // Steps that are left out, come again and go back, with values that are not finite; saved, closed and opened again in between.
    private List<(long Step, double Value)> WriteAtRandom(Random random, int count)
    {
        var points = new List<(long Step, double Value)>();
        IndexStore store = IndexStore.Open(_directory.PathOf("index"));
        IndexWrite write = store.Write();
        var series = new SeriesWriter(store, "series");
        long step = 0;
        for (int i = 0; i < count; i++)
        {
            step = random.Next(4000) == 0 && points.Count > 0 ? points[random.Next(points.Count)].Step : step + (random.Next(20) == 0 ? random.Next(5) : 1);
            double value = random.Next(500) == 0 ? NotFinite[random.Next(NotFinite.Length)] : random.NextDouble();
            if (points.Count > 0 && step < points[^1].Step)
            {
                points.RemoveAll(point => point.Step >= step);
            }

            points.Add((step, value));
            series.Add(step, value);
            if (random.Next(3000) == 0 || i == count - 1)
            {
                series.Save();
                write.Commit();
                store.Dispose();
                store = IndexStore.Open(_directory.PathOf("index"));
                write = store.Write();
                series = new SeriesWriter(store, "series");
            }
        }

        write.Dispose();
        store.Dispose();
        return points;
    }
}
