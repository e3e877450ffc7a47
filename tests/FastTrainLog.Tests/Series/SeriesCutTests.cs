using FastTrainLog.Monitoring.Snapshots;
using FastTrainLog.Series;
using FastTrainLog.Tests.Pipeline;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Tests.Series;

public sealed class SeriesCutTests
{
    [Fact]
    public void What_is_cut_leaves_the_points_before_it()
    {
        var series = new MetricSeries();
        for (int step = 1; step <= 100; step++)
        {
            series.Add(step, step == 70 ? double.NaN : step);
        }

        series.CutFrom(41);
        SeriesSnapshot cut = series.Snapshot();
        Assert.Equal((40, 40, 40.0), (cut.Points, cut.Buckets[^1].LastStep, cut.Buckets.Max(bucket => bucket.Maximum)));
        Assert.Empty(cut.NonFinite);
    }

    [Fact]
    public void Of_a_bucket_that_the_cut_goes_through_all_stays()
    {
        var series = new MetricSeries();
        for (int step = 1; step <= 10_000; step++)
        {
            series.Add(step, step);
        }

        series.CutFrom(5000);
        SeriesSnapshot cut = series.Snapshot();
        Assert.InRange(cut.Points, 4999, 4999 + 64);
        Assert.Equal(cut.Points, cut.Buckets.Sum(bucket => bucket.Points));
        series.Add(5000, 1.0);
        Assert.Equal(cut.Points + 1, series.Snapshot().Points);
    }

    [Fact]
    public void Steps_taken_again_take_the_place_of_those_before_in_a_snapshot()
    {
        using TrainLogging logging = TestLog.Create(new CollectingSink());
        using TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "M" });
        for (int step = 1; step <= 60; step++)
        {
            run.LogStep(1, step, 9.0, 1e-3, metrics: [("m", 9.0)]);
        }

        for (int step = 41; step <= 80; step++)
        {
            run.LogStep(1, step, 1.0, 1e-3, metrics: [("m", 1.0)]);
        }

        Assert.True(logging.Flush());
        RunSnapshot now = run.Snapshot();
        Assert.All(new[] { "loss", "m" }, name =>
        {
            Assert.Equal(80, now.Series[name].Points);
            Assert.All(now.Series[name].Buckets, bucket => Assert.Equal(bucket.FirstStep <= 40 ? 9.0 : 1.0, bucket.Last));
        });
        Assert.Equal(80, run.End(success: true).Steps);
    }
}
