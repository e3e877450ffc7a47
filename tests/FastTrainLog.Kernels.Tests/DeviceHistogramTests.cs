using System.Text.Json;
using FastTrainLog.GpuBench.Cases;
using FastTrainLog.Gradients;
using FastTrainLog.Gradients.Cuda;
using FastTrainLog.Kernels.Tests.StandIn;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Kernels.Tests;

/// <summary>Histograms of gradients on a device: counted by a kernel of their own in every K-th step, and delivered with the step.</summary>
[Collection(StandInCollection.Name)]
public sealed class DeviceHistogramTests
{
    [Theory]
    [InlineData(KernelDriver.Pocl)]
    [InlineData(KernelDriver.StandIn)]
    public void Device_counts_what_the_host_counts_in_the_steps_in_which_it_does(KernelDriver kernelDriver)
        => Assert.Null(HistogramRun.Run(kernelDriver.Require(), 0));

    [Fact]
    public void Step_of_a_clipper_with_histograms_is_three_launches_without_copy_or_wait()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(700, 3);
        using CudaClipper clipper = standIn.Open(GradientLimit.L2Norm(1.0), histogramEvery: 2);
        Assert.True(clipper.TryClip(gradients.List, 1));
        standIn.StartLog();
        Assert.True(clipper.TryClip(gradients.List, 2));
        Assert.Equal(
            [
                "cuCtxPushCurrent_v2",
                "cuStreamIsCapturing",
                "cuLaunchKernel ftl_measure 4 32 stream 0",
                "cuLaunchKernel ftl_histogram 2 32 stream 0",
                "cuLaunchKernel ftl_apply 2 32 stream 0",
                "cuCtxPopCurrent_v2",
            ],
            standIn.Log);
    }

    [Fact]
    public void Order_of_blocks_and_threads_does_not_change_a_count()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(20_000, 3, 7_777);
        foreach (bool backwards in new[] { false, true })
        {
            standIn.Backwards(backwards);
            using CudaClipper clipper = standIn.Open(histogramEvery: 1, tuning: new CudaTuning(64, 1024, 5, 0));
            gradients.Span(0).Fill(0.75f);
            Assert.True(clipper.TryClip(gradients.List, 1));
            Assert.True(clipper.Statistics.TryRead(out _));
            Assert.Equal([(47, 20_000L)], Filled(clipper.Statistics.HistogramOf(0)));
            Assert.Equal([(48, 7_777L)], Filled(clipper.Statistics.HistogramOf(2)));
        }
    }

    [Fact]
    public void Loss_scale_is_divided_out_and_gradients_are_those_before_clipping()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(5);
        using var clipper = new GradientClipper(
            new() { HistogramEvery = 1 }, ordinal => standIn.Open(GradientLimit.L2Norm(1e-3), ordinal: ordinal, histogramEvery: 1));
        Assert.True(clipper.Clip(gradients.List, 1, inverseScale: 1.0 / 1024.0).Action == GradientAction.Pending);
        Assert.True(clipper.TryRead(out GradientStatistics statistics));
        Assert.True(statistics.Clipped);
        Assert.Equal([(38, 5L)], Filled(clipper.HistogramOf(0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => clipper.HistogramOf(1));
    }

    [Fact]
    public void Step_is_given_once_its_histograms_are_finished_too()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(3);
        using CudaClipper clipper = standIn.Open(histogramEvery: 2);
        Assert.True(clipper.TryClip(gradients.List, 1));
        Assert.True(clipper.Statistics.TryRead(out _));
        Assert.False(clipper.Statistics.HasHistograms);
        standIn.Hold();
        Assert.True(clipper.TryClip(gradients.List, 2));
        standIn.Run(1);
        Assert.False(clipper.Statistics.TryRead(out _));
        standIn.Run(1);
        Assert.True(clipper.Statistics.TryRead(out GradientStatistics statistics));
        Assert.Equal(2, statistics.Step);
        Assert.True(clipper.Statistics.HasHistograms);
    }

    [Fact]
    public void Replays_of_a_captured_graph_have_histograms_in_the_steps_that_they_come_to()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(6);
        using CudaClipper clipper = standIn.Open(histogramEvery: 3);
        Assert.True(clipper.TryClip(gradients.List, 10));
        standIn.Capture(true);
        Assert.True(clipper.TryClip(gradients.List, 0));
        standIn.Capture(false);
        for (int replay = 0; replay < 6; replay++)
        {
            standIn.Replay();
        }

        for (int step = 10; step <= 16; step++)
        {
            Assert.True(clipper.Statistics.TryRead(out GradientStatistics statistics));
            Assert.Equal(step, statistics.Step);
            Assert.Equal(step % 3 == 0, clipper.Statistics.HasHistograms);
            Assert.Equal(step % 3 == 0 ? [(48, 6L)] : [], Filled(clipper.Statistics.HistogramOf(0)));
        }
    }

    [Fact]
    public void Longer_list_gets_a_ring_of_its_own_and_histograms_of_the_old_one_are_still_read()
    {
        using var standIn = new StandInDriver();
        using var few = new StandIn.Gradients(3);
        using var many = new StandIn.Gradients(1, 2, 3, 4, 5);
        using CudaClipper clipper = standIn.Open(histogramEvery: 1);
        Assert.True(clipper.TryClip(few.List, 1));
        Assert.True(clipper.TryClip(many.List, 2));
        Assert.True(clipper.TryClip(few.List, 3));
        int[] counts = [3, 5, 3];
        for (int step = 1; step <= 3; step++)
        {
            Assert.True(clipper.Statistics.TryRead(out GradientStatistics statistics));
            Assert.Equal([(48, (long)counts[step - 1])], Filled(clipper.Statistics.HistogramOf(statistics.LayerCount - 1)));
        }

        Assert.Equal(0, clipper.Statistics.LostHistograms);
    }

    [Fact]
    public void A_step_whose_histograms_could_not_be_launched_is_not_delivered_and_left_to_whoever_takes_over()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(3);
        using CudaClipper clipper = standIn.Open(histogramEvery: 1);
        Assert.True(clipper.TryClip(gradients.List, 1));
        standIn.Fail("cuLaunchKernel", 719, after: 1);
        Assert.False(clipper.TryClip(gradients.List, 2));
        Assert.StartsWith("the launch of ftl_histogram on cuda:0 failed", clipper.Failure, StringComparison.Ordinal);
        Assert.True(clipper.Statistics.TryRead(out _));
        Assert.True(clipper.Statistics.HasHistograms);
        // Measured, but not decided: it counts once, where it is clipped in the end.
        Assert.False(clipper.Statistics.TryRead(out _));
    }

    [Fact]
    public void Histograms_are_in_the_log_under_their_step_in_order_and_none_is_missing()
    {
        const int Steps = 300;
        const int Every = 5;
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(3, 4);
        using GradientClipper clipper = Clipper(standIn, slots: 0, Every);
        using var log = new FollowedRun(clipper, TimeSpan.FromMilliseconds(20));
        for (int step = 1; step <= Steps; step++)
        {
            gradients.Span(1).Fill(MathF.ScaleB(1.0f, step % 16));
            clipper.Clip(gradients.List, step);
        }

        log.Run.End(success: true);
        JsonElement[] histograms = log.Properties(TrainingEvents.GradientHistogram);
        Assert.Equal(
            Enumerable.Range(1, Steps / Every).SelectMany(i => new[] { ((long)i * Every, "layer0"), (i * Every, "layer1") }),
            histograms.Select(histogram => (histogram.GetProperty("Step").GetInt64(), histogram.GetProperty("Layer").GetString()!)));
        Assert.All(
            histograms.Where((_, i) => i % 2 == 1),
            histogram => Assert.Equal($$"""{"2^{{histogram.GetProperty("Step").GetInt64() % 16}}":4}""", histogram.GetProperty("Bins").GetRawText()));
        Assert.Empty(log.Records(TrainingEvents.GradientHistogramsLost));
    }

    [Fact]
    public void Overwritten_histograms_are_counted_in_the_log_those_of_lost_steps_too()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(3);
        using GradientClipper clipper = Clipper(standIn, slots: 4, every: 2);
        for (int step = 1; step <= 11; step++)
        {
            clipper.Clip(gradients.List, step);
        }

        // Steps 8 to 11 are left, and of the five histograms the last four, two of which belong to steps that are lost.
        using var log = new FollowedRun(clipper, flushInterval: TimeSpan.FromMinutes(1));
        log.Run.End(success: true);
        Assert.Equal([8, 9, 10, 11], log.Steps());
        Assert.Equal([8, 10], log.Properties(TrainingEvents.GradientHistogram).Select(histogram => histogram.GetProperty("Step").GetInt32()));
        JsonElement lost = Assert.Single(log.Properties(TrainingEvents.GradientHistogramsLost));
        Assert.Equal((3, 8), (lost.GetProperty("Lost").GetInt32(), lost.GetProperty("Step").GetInt32()));
        Assert.Equal(3, clipper.LostHistograms);
    }

    [Fact]
    public void Half_a_ring_of_histograms_is_read_without_waiting_for_the_interval()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(3);
        using CudaClipper clipper = standIn.Open(histogramEvery: 2);
        int slots = HistogramRing.SlotsFor(1);
        int due = 0;
        for (int step = 1; step <= slots; step++)
        {
            Assert.True(clipper.TryClip(gradients.List, step));
            due += clipper.IsReadingDue ? 1 : 0;
        }

        // The ring of histograms is half full after as many steps as it has slots, since every second step has some.
        Assert.Equal(1, due);
        Assert.True(clipper.IsReadingDue);
    }

    private static GradientClipper Clipper(StandInDriver standIn, int slots, int every) => new(
        new() { HistogramEvery = every },
        ordinal => standIn.Open(ordinal: ordinal, tuning: new CudaTuning(32, 1024, 2, slots), histogramEvery: every));

    private static List<(int Bin, long Count)> Filled(ReadOnlySpan<long> counts)
    {
        var filled = new List<(int Bin, long Count)>();
        for (int bin = 0; bin < counts.Length; bin++)
        {
            if (counts[bin] != 0)
            {
                filled.Add((bin, counts[bin]));
            }
        }

        return filled;
    }
}
