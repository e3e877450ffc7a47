using FastTrainLog.Gradients;
using FastTrainLog.Gradients.Cuda;
using FastTrainLog.Kernels.Tests.StandIn;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Kernels.Tests;

/// <summary>
/// What happens where the kernels cannot run and other passes over the same gradients are at hand. Here those of host memory, which is what the
/// stand-in takes for the device's, stand for torch's operators.
/// </summary>
[Collection(StandInCollection.Name)]
public sealed class FallbackTests
{
    [Theory]
    [InlineData("no driver", 1, "no CUDA driver")]
    [InlineData("old driver", 1, "the CUDA driver is too old")]
    [InlineData("old device", 1, "compute capability 6.1")]
    [InlineData("no device", 1, "no device")]
    [InlineData("failed launch", 3, "the launch of ftl_measure on cuda:0 failed with CUDA_ERROR_ILLEGAL_ADDRESS (700)")]
    [InlineData("failed second launch", 3, "the launch of ftl_apply on cuda:0 failed with ")]
    [InlineData("lost context", 3, "CUDA_ERROR_CONTEXT_IS_DESTROYED (709)")]
    public void Other_passes_take_over_and_the_log_says_why_once(string trouble, int from, string reason)
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(3, 4);
        var passes = new HostPasses();
        var options = new GradientClipperOptions { Limit = GradientLimit.L2Norm(1.0) };
        string library = trouble == "no driver" ? "/no/libcuda.so.1" : standIn.Path;
        using var clipper = new GradientClipper(options, ordinal => CudaClipper.Open(ordinal, options, library));
        using var log = new FollowedRun(clipper);
        Bring(standIn, trouble);
        for (int step = 1; step <= 5; step++)
        {
            if (step == from)
            {
                Break(standIn, trouble);
            }

            gradients.Span(0).Fill(2f);
            gradients.Span(1).Fill(2f);
            GradientStatistics statistics = clipper.ClipOr(gradients.List, step, 1.0, passes);
            Assert.Equal(step < from ? GradientAction.Pending : GradientAction.Clipped, statistics.Action);
            Assert.Equal(1.0 / Math.Sqrt(7.0), gradients.Span(1)[3], 1e-6);
        }

        log.Run.End(success: true);
        Assert.Contains(reason, Assert.Single(log.Properties(TrainingEvents.GradientFallback)).GetProperty("Reason").GetString(), StringComparison.Ordinal);
        Assert.Contains(reason, clipper.DeviceFailure, StringComparison.Ordinal);
        Assert.Equal(5, clipper.Steps);

        // A run that follows has every step, whoever measured it.
        Assert.Equal([1, 2, 3, 4, 5], log.Steps());
    }

    [Fact]
    public void A_step_of_other_passes_counts_once_for_the_run_that_follows_also_where_its_statistics_are_logged_again()
    {
        using var gradients = new StandIn.Gradients(3);
        using var clipper = new GradientClipper(
            new GradientClipperOptions { NonFinite = NonFinitePolicy.Report }, _ => throw new CudaUnavailableException("no device today"));
        using var log = new FollowedRun(clipper);
        gradients.Span(0)[1] = float.NaN;
        GradientStatistics statistics = clipper.ClipOr(gradients.List, 1, 1.0, new HostPasses());
        log.Run.LogStep(1, 1, 0.5, 0.1, statistics);
        log.Run.LogGradients(statistics);
        Assert.False(log.Run.SaveCheckpoint(1, 1, 0.5, "model.dat", _ => Assert.Fail("A poisoned model is not saved.")));
        log.Run.LogEpoch(1);
        log.Run.End(success: true);
        Assert.Equal([1], log.Steps());
        Assert.Single(log.Records(TrainingEvents.NumericalIssue));
        Assert.Equal(1, Assert.Single(log.Properties(TrainingEvents.GradientHealth)).GetProperty("NonFiniteSteps").GetInt32());
    }

    [Fact]
    public void A_run_that_follows_later_says_it_too()
    {
        using var gradients = new StandIn.Gradients(3);
        using var clipper = new GradientClipper(new GradientClipperOptions(), _ => throw new CudaUnavailableException("no device today"));
        clipper.ClipOr(gradients.List, 1, 1.0, new HostPasses());
        using var log = new FollowedRun(clipper);
        clipper.ClipOr(gradients.List, 2, 1.0, new HostPasses());
        Assert.Equal("no device today", Assert.Single(log.Properties(TrainingEvents.GradientFallback)).GetProperty("Reason").GetString());
    }

    [Theory]
    [InlineData("ftl_histogram", 1)]
    [InlineData("ftl_apply", 2)]
    public void A_step_whose_first_kernel_alone_was_launched_is_the_others_and_counts_once(string kernel, int after)
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(3);
        using var clipper = new GradientClipper(
            new GradientClipperOptions { NonFinite = NonFinitePolicy.Skip, HistogramEvery = 1 }, _ => standIn.Open(histogramEvery: 1));
        var passes = new HostPasses();
        clipper.ClipOr(gradients.List, 1, 1.0, passes);
        gradients.Span(0)[1] = float.NaN;
        standIn.Fail("cuLaunchKernel", 701, after);
        GradientStatistics statistics = clipper.ClipOr(gradients.List, 2, 1.0, passes);
        Assert.Equal((2L, GradientAction.Skipped), (statistics.Step, statistics.Action));
        Assert.Equal([0f, 0f, 0f], gradients.Span(0).ToArray());
        Assert.Contains(kernel, clipper.DeviceFailure, StringComparison.Ordinal);

        Assert.True(clipper.TryRead(out GradientStatistics first));
        Assert.Equal(1, first.Step);
        Assert.False(clipper.TryRead(out _));
        Assert.Equal((2, 1, 0), (clipper.Steps, clipper.NonFiniteSteps, clipper.LostStatistics));
    }

    private static void Bring(StandInDriver standIn, string trouble)
    {
        switch (trouble)
        {
            case "old driver":
                standIn.Fail("cuModuleLoadDataEx", 222);
                break;
            case "old device":
                standIn.Device(major: 6, minor: 1);
                break;
            case "no device":
                standIn.Device(count: 0);
                break;
        }
    }

    private static void Break(StandInDriver standIn, string trouble)
    {
        switch (trouble)
        {
            case "failed launch":
                standIn.Fail("cuLaunchKernel", 700);
                break;
            case "failed second launch":
                standIn.Fail("cuLaunchKernel", 701, after: 1);
                break;
            case "lost context":
                standIn.Fail("cuCtxPushCurrent_v2", 709);
                break;
        }
    }

    /// <summary>The host's passes over what the stand-in takes for a device's memory.</summary>
    private sealed class HostPasses : IGradientPasses
    {
        private readonly CpuEngine _engine = new(threads: 1, CpuKernel.Best);

        public LayerStatistics[] Layers => _engine.Layers;

        public void Use(ReadOnlySpan<GradientBuffer> gradients)
            => _engine.Use([.. gradients.ToArray().Select(gradient => gradient with { Device = GradientDevice.Cpu })]);

        public Partial Read(double inverseScale, out int firstNonFinite) => _engine.Read(inverseScale, out firstNonFinite);

        public void Write(in Rewrite rewrite) => _engine.Write(rewrite);
    }
}
