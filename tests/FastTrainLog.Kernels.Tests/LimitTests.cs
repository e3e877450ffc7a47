using System.Runtime.InteropServices;
using FastTrainLog.GpuBench;
using FastTrainLog.GpuBench.Cases;
using FastTrainLog.Gradients;
using FastTrainLog.Gradients.Cuda;
using FastTrainLog.Kernels.Tests.StandIn;
using Xunit;

namespace FastTrainLog.Kernels.Tests;

/// <summary>The limits decided on the device are those decided on the host, through warm-up, sliding windows, spikes and bad steps.</summary>
[Collection(StandInCollection.Name)]
public sealed class LimitTests
{
    private const int Steps = 90;

    public static TheoryData<KernelDriver, string> Runs { get; }
        = new MatrixTheoryData<KernelDriver, string>(Enum.GetValues<KernelDriver>(), LimitRun.Limits.Keys);

    [Theory]
    [MemberData(nameof(Runs))]
    public void Device_and_host_decide_alike_at_every_step_of_a_run(KernelDriver kernelDriver, string limit)
    {
        BenchDriver driver = kernelDriver.Require();
        foreach (NonFinitePolicy policy in new[] { NonFinitePolicy.Skip, NonFinitePolicy.Sanitize, NonFinitePolicy.Report })
        {
            using var run = new LimitRun(driver, 0, new CudaTuning(32, 1024, 2, 0), LimitRun.Limits[limit], policy);
            Assert.Null(run.Run(Steps));
        }
    }

    [Theory]
    [InlineData(KernelDriver.Pocl)]
    [InlineData(KernelDriver.StandIn)]
    public void AdaGC_leaves_its_warm_up_where_a_layer_has_no_gradient_in_some_step(KernelDriver driver)
    {
        double[] full = [1.0];
        GradientStatistics[] steps = AssertAlike(
            driver, GradientLimit.AdaGC(absolute: 1e3, warmupSteps: 2), [full, full, full, [], full, full]);

        double warmingUp = 1e3, warm = double.PositiveInfinity;
        Assert.Equal([warmingUp, warmingUp, warm, warm, warm, warm], steps.Select(step => step.Threshold));

        // The second step needs more chunks than the first one made room for.
        AssertAlike(driver, GradientLimit.AdaGC(absolute: 1e3, smoothing: 0.5, warmupSteps: 2), [[], full, [0.1], [], full, full]);
    }

    [Theory]
    [InlineData(KernelDriver.Pocl)]
    [InlineData(KernelDriver.StandIn)]
    public void AdaGC_starts_anew_with_other_names_and_only_then(KernelDriver driver)
    {
        double[] one = [1.0];
        GradientStatistics[] steps = AssertAlike(
            driver, GradientLimit.AdaGC(absolute: 1e3, warmupSteps: 1), [one, one, [2.0, 2.0], one, one], step => step < 3 ? "b" : "c");

        double warmingUp = 1e3, warm = double.PositiveInfinity;
        Assert.Equal([warmingUp, warm, warm, warmingUp, warm], steps.Select(step => step.Threshold));
    }

    [Theory]
    [InlineData(KernelDriver.Pocl)]
    [InlineData(KernelDriver.StandIn)]
    public void AdaGC_remembers_nothing_of_a_layer_without_a_gradient(KernelDriver driver)
    {
        foreach (double[] none in new double[][] { [], [0.0] })
        {
            Assert.Equal(1.0, AssertAlike(driver, GradientLimit.AdaGC(absolute: 10.0, smoothing: 0.5, warmupSteps: 1), [[1.0], none, [1.0]])[^1].Coefficient);
            Assert.Equal(1.04e-6, AssertAlike(driver, GradientLimit.AdaGC(absolute: 10.0, warmupSteps: 2), [[1.0], none, [1e6]])[^1].Coefficient, 12);
        }
    }

    [Theory]
    [InlineData(KernelDriver.Pocl)]
    [InlineData(KernelDriver.StandIn)]
    public void Norms_and_maxima_that_no_double_can_hold_are_the_largest_double(KernelDriver driver)
    {
        double[] huge = [1.7e308, 1.7e308];
        foreach (GradientLimit limit in new[] { GradientLimit.L2Norm(1.0), GradientLimit.InfinityNorm(1.0), GradientLimit.AutoClip(50.0, 3) })
        {
            foreach (double inverseScale in new[] { 1.0, 2.0 })
            {
                GradientStatistics last = AssertAlike(driver, limit, [[1.0], huge, huge, huge], inverseScale: inverseScale)[^1];
                Assert.Equal((double.MaxValue, inverseScale == 1.0 ? 1.7e308 : double.MaxValue), (last.Norm, last.AbsoluteMaximum));
            }
        }
    }

    [Theory]
    [InlineData(KernelDriver.Pocl)]
    [InlineData(KernelDriver.StandIn)]
    public void ZClip_clips_again_after_norms_whose_squares_no_double_can_hold(KernelDriver driver)
    {
        double[][] warmup = [[1e160], [1.0], [1e160]];
        GradientStatistics[] steps = AssertAlike(
            driver, GradientLimit.ZClip(smoothing: 0.1, warmupSteps: 3), [.. warmup, [1e300], .. Enumerable.Repeat(new[] { 1.0 }, 400), [100.0]]);
        Assert.True(steps[3].Clipped);
        Assert.True(steps[^1].Clipped);

        // After the warm-up the distance from the mean can be as large.
        steps = AssertAlike(
            driver, GradientLimit.ZClip(zThreshold: 1e308, smoothing: 0.1, warmupSteps: 2), [[1.0], [1.0], [1e160], [1e160], [1.0]]);
        Assert.All(steps, step => Assert.False(step.Clipped));
    }

    /// <summary>Clips steps on both sides, each of one layer with the same gradient in every step and one with that given, and compares them.</summary>
    /// <returns>The device's statistics of all layers together, step by step.</returns>
    private static GradientStatistics[] AssertAlike(
        KernelDriver kernelDriver, GradientLimit limit, double[][] steps, Func<int, string>? name = null, double inverseScale = 1.0)
    {
        BenchDriver driver = kernelDriver.Require();
        var options = new GradientClipperOptions { Limit = limit };
        var opened = new CudaDevice(driver.Driver, 0, CudaDevice.EmbeddedPtx());
        using var onDevice = new CudaClipper(opened, options, new CudaTuning(32, 1024, 2, 0), torchStream: null);
        using var onHost = new GradientClipper(options);
        using CudaDevice.Scope scope = opened.Enter();
        var answers = new GradientStatistics[steps.Length];
        for (int step = 0; step < steps.Length; step++)
        {
            double[][] layers = [[0.5], steps[step]];
            string[] names = ["a", name?.Invoke(step) ?? "b"];
            double[][] pinned = [.. layers.Select(Pinned)];
            DeviceTensorBuffer[] buffers = [.. layers.Select((layer, i) => new DeviceTensorBuffer(
                driver, MemoryMarshal.AsBytes<double>(layer).ToArray(), GradientType.Float64, Placement.Aligned, i))];
            GradientBuffer[] hostList = [.. pinned.Select((layer, i) => GradientBuffer.FromPinnedArray(names[i], layer))];
            GradientBuffer[] deviceList = [.. buffers.Select((buffer, i) => new GradientBuffer(
                names[i], buffer.Address, buffer.Count, GradientType.Float64, GradientDevice.Cuda(0)))];

            Assert.True(onDevice.TryClip(deviceList, step, inverseScale, stream: 0) && onDevice.Synchronize(), onDevice.Failure);
            GradientStatistics host = onHost.Clip(hostList, step, inverseScale);

            Assert.True(onDevice.Statistics.TryRead(out GradientStatistics device));
            AssertNear(host.Norm, device.Norm);
            AssertNear(host.AbsoluteMaximum, device.AbsoluteMaximum);
            AssertNear(host.Threshold, device.Threshold);
            AssertNear(host.Coefficient, device.Coefficient);
            AssertNear(host.StabilityScore, device.StabilityScore);
            Assert.Equal(host.Action, device.Action);
            for (int layer = 0; layer < layers.Length; layer++)
            {
                AssertNear(onHost.Layers[layer].Norm, onDevice.Statistics.Layers[layer].Norm);
                AssertNear(onHost.Layers[layer].AbsoluteMaximum, onDevice.Statistics.Layers[layer].AbsoluteMaximum);
                AssertNear(onHost.Layers[layer].Coefficient, onDevice.Statistics.Layers[layer].Coefficient);
                ReadOnlySpan<double> elements = MemoryMarshal.Cast<byte, double>(buffers[layer].Download(out bool intact));
                Assert.True(intact);
                for (int i = 0; i < elements.Length; i++)
                {
                    AssertNear(pinned[layer][i], elements[i]);
                }

                buffers[layer].Dispose();
            }

            answers[step] = device;
        }

        return answers;
    }

    private static double[] Pinned(double[] values)
    {
        double[] pinned = GC.AllocateArray<double>(values.Length, pinned: true);
        values.CopyTo(pinned, 0);
        return pinned;
    }

    private static void AssertNear(double host, double device)
        => Assert.True(host.Equals(device) || Math.Abs(host - device) <= 1e-9 * Math.Abs(host), $"host {host:R}, device {device:R}");
}
