using FastTrainLog.Gradients;
using FastTrainLog.Gradients.Cuda;
using FastTrainLog.Kernels.Tests.StandIn;
using Xunit;

namespace FastTrainLog.Kernels.Tests;

/// <summary>The public clipper with gradients on a device.</summary>
[Collection(StandInCollection.Name)]
public sealed class DispatchTests
{
    [Fact]
    public void Clip_on_a_device_returns_at_once_and_its_statistics_come_later()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(3, 4);
        using GradientClipper clipper = Clipper(standIn, GradientLimit.L2Norm(1.0));
        standIn.Hold();
        GradientStatistics pending = clipper.Clip(gradients.List, 17);
        Assert.Equal(GradientAction.Pending, pending.Action);
        Assert.Equal(17, pending.Step);
        Assert.Equal(7, pending.ElementCount);
        Assert.True(double.IsNaN(pending.Norm));
        Assert.False(pending.Clipped);
        Assert.False(clipper.TryRead(out _));
        Assert.Equal(1, clipper.Steps);
        Assert.Equal(0, clipper.ClippedSteps);
        standIn.Release();
        Assert.Equal(1, clipper.ClippedSteps);
        Assert.True(clipper.TryRead(out GradientStatistics statistics));
        Assert.Equal(17, statistics.Step);
        Assert.True(statistics.Clipped);
        Assert.Equal(2.0, clipper.Layers[1].Norm);
        Assert.Equal(1.0 / Math.Sqrt(7.0), gradients.Span(1)[3], 1e-7);
        Assert.Equal(0, clipper.LostStatistics);
        Assert.NotEqual(0, clipper.FoundInfAddress);
    }

    [Fact]
    public void Checkpoint_guard_answers_without_waiting_and_without_reading_records()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(3);
        using GradientClipper clipper = Clipper(standIn, GradientLimit.None, NonFinitePolicy.Report);
        clipper.Clip(gradients.List, 1);
        GradientMark mark = clipper.Mark();
        gradients.Span(0)[0] = float.NaN;
        standIn.StartLog();
        clipper.Clip(gradients.List, 2);
        Assert.True(clipper.NonFiniteSince(mark));
        Assert.False(clipper.NonFiniteSince(clipper.Mark()));
        Assert.DoesNotContain(standIn.Log, line => line.Contains("Synchronize", StringComparison.Ordinal));
    }

    [Fact]
    public void Throwing_policy_throws_once_with_the_first_step_after_the_device_has_finished_the_bad_one()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(3, 3);
        using GradientClipper clipper = Clipper(standIn, GradientLimit.L2Norm(1.0), NonFinitePolicy.Throw);
        clipper.Clip(gradients.List, 1);
        gradients.Span(1)[2] = float.PositiveInfinity;
        standIn.Hold();
        clipper.Clip(gradients.List, 2);
        clipper.Clip(gradients.List, 3);
        standIn.Release();
        var thrown = Assert.Throws<NonFiniteGradientException>(() => clipper.Clip(gradients.List, 4));
        Assert.Equal(2, thrown.Statistics.Step);
        Assert.Equal("layer1", thrown.Statistics.FirstNonFinite);
        gradients.Span(1)[2] = 1.0f;
        clipper.Clip(gradients.List, 5);
        clipper.Clip(gradients.List, 6);

        // What was thrown for is still delivered, in order.
        long[] steps = [1, 2, 3, 5, 6];
        Assert.All(steps, step =>
        {
            Assert.True(clipper.TryRead(out GradientStatistics statistics));
            Assert.Equal(step, statistics.Step);
        });
    }

    [Fact]
    public void Throwing_policy_names_the_layer_of_a_step_that_was_read_before_and_whose_list_is_no_more()
    {
        using var standIn = new StandInDriver();
        using var first = new StandIn.Gradients(3, 3);
        using var second = new StandIn.Gradients(3, 4, 5);
        using GradientClipper clipper = Clipper(standIn, GradientLimit.None, NonFinitePolicy.Throw);
        first.Span(1)[2] = float.NaN;
        standIn.Hold();
        clipper.Clip(first.List, 1);
        clipper.Clip(second.List, 2);
        standIn.Release();
        Assert.True(clipper.TryRead(out _));
        Assert.True(clipper.TryRead(out _));
        var thrown = Assert.Throws<NonFiniteGradientException>(() => clipper.Clip(second.List, 3));
        Assert.Equal((1, "layer1", 1), (thrown.Statistics.Step, thrown.Statistics.FirstNonFinite, thrown.Statistics.NaNCount));
        clipper.Clip(second.List, 4);
        clipper.Clip(second.List, 5);
    }

    [Fact]
    public void Throwing_policy_throws_for_a_step_whose_record_was_overwritten()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(3);
        var tuning = new CudaTuning(32, 1024, 2, RingSlots: 4);
        var options = new GradientClipperOptions { NonFinite = NonFinitePolicy.Throw };
        using var clipper = new GradientClipper(options, _ => standIn.Open(policy: NonFinitePolicy.Throw, tuning: tuning));
        clipper.Clip(gradients.List, 1);
        standIn.Capture(true);
        clipper.Clip(gradients.List, 0);
        standIn.Capture(false);
        gradients.Span(0)[1] = float.NaN;
        standIn.Replay();
        gradients.Span(0)[1] = 1.0f;
        for (int replay = 0; replay < 5; replay++)
        {
            standIn.Replay();
        }

        var thrown = Assert.Throws<NonFiniteGradientException>(() => clipper.Clip(gradients.List, 8));
        Assert.False(thrown.Statistics.FoundInf);
        Assert.Equal(7, thrown.Statistics.Step);
        Assert.Contains("overwritten", thrown.Message, StringComparison.Ordinal);
        clipper.Clip(gradients.List, 9);
    }

    [Fact]
    public void Disposed_clipper_still_tells_what_the_device_found_in_the_steps_that_were_under_way()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(4);
        GradientClipper clipper = Clipper(standIn, GradientLimit.L2Norm(1.0));
        clipper.Clip(gradients.List, 1);
        GradientMark mark = clipper.Mark();
        gradients.Span(0)[0] = float.NaN;
        standIn.Hold();
        clipper.Clip(gradients.List, 2);
        clipper.Dispose();
        Assert.True(clipper.NonFiniteSince(mark));
        Assert.Equal((2, 1, 1), (clipper.Steps, clipper.ClippedSteps, clipper.NonFiniteSteps));
    }

    [Fact]
    public void Unusable_device_is_explained_to_whoever_has_no_other_way()
    {
        using var gradients = new StandIn.Gradients(3);
        using var clipper = new GradientClipper(new GradientClipperOptions(), _ => throw new CudaUnavailableException("no device today"));
        Assert.Null(clipper.DeviceFailure);
        Assert.Equal(
            "Gradient 'layer0' lies on cuda:0, where it cannot be clipped: no device today.",
            Assert.Throws<NotSupportedException>(() => clipper.Clip(gradients.List, 3)).Message);
        Assert.Equal("no device today", clipper.DeviceFailure);
        Assert.Equal(0, clipper.Steps);
        Assert.False(clipper.WaitForDevice());
        Assert.False(clipper.TryRead(out _));
    }

    [Fact]
    public void A_negative_step_number_is_the_steps_number_and_replays_count_on_from_it()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(3);
        var options = new GradientClipperOptions { HistogramEvery = 2 };
        using var clipper = new GradientClipper(options, _ => standIn.Open(histogramEvery: 2));
        foreach (long step in new long[] { -7, -1, -1, -4, 3 })
        {
            clipper.Clip(gradients.List, step);
            Assert.True(clipper.TryRead(out GradientStatistics statistics));
            Assert.Equal((step, step % 2 == 0), (statistics.Step, clipper.HasDeviceHistograms));
        }

        clipper.Clip(gradients.List, -3);
        standIn.Capture(true);
        clipper.Clip(gradients.List, -3);
        standIn.Capture(false);
        standIn.Replay();
        Assert.True(clipper.TryRead(out _));
        Assert.True(clipper.TryRead(out GradientStatistics replayed));
        Assert.Equal(-2, replayed.Step);
    }

    [Fact]
    public void Own_stream_and_own_loss_scale_on_the_device_are_taken()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(3);
        using var scale = new StandIn.Gradients(1);
        scale.Span(0)[0] = 0.5f;
        using GradientClipper clipper = Clipper(standIn, GradientLimit.None);
        clipper.ClipOnStream(gradients.List, 1, stream: 0);
        standIn.StartLog();
        clipper.ClipOnStream(gradients.List, 2, stream: 12, inverseScaleAddress: scale.List[0].Pointer);
        Assert.Contains(standIn.Log, line => line.EndsWith("stream 12", StringComparison.Ordinal));
        Assert.Equal(0.5f, gradients.Span(0)[0]);
        Assert.Throws<ArgumentException>(() => clipper.ClipOnStream([], 3, stream: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => clipper.ClipOnStream(gradients.List, 3, stream: 0, inverseScale: 0.0));
    }

    [Fact]
    public void List_of_host_and_device_gradients_is_refused_by_name()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(3, 3);
        using GradientClipper clipper = Clipper(standIn, GradientLimit.None);
        GradientBuffer[] deviceFirst = [gradients.List[0], gradients.List[1] with { Device = GradientDevice.Cpu }];
        Assert.Contains("'layer1' lies on cpu", Assert.Throws<ArgumentException>(() => clipper.Clip(deviceFirst, 1)).Message, StringComparison.Ordinal);
        GradientBuffer[] hostFirst = [gradients.List[0] with { Device = GradientDevice.Cpu }, gradients.List[1]];
        Assert.Contains("'layer1' lies on cuda:0", Assert.Throws<ArgumentException>(() => clipper.Clip(hostFirst, 1)).Message, StringComparison.Ordinal);
    }

    private static GradientClipper Clipper(StandInDriver standIn, GradientLimit limit, NonFinitePolicy policy = NonFinitePolicy.Skip)
    {
        var options = new GradientClipperOptions { Limit = limit, NonFinite = policy };
        return new GradientClipper(options, ordinal => standIn.Open(limit, policy, ordinal));
    }
}
