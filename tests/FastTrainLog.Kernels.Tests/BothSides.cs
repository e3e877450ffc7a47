using FastTrainLog.GpuBench;
using FastTrainLog.GpuBench.Cases;
using FastTrainLog.Gradients;
using FastTrainLog.Gradients.Cuda;
using Xunit;

namespace FastTrainLog.Kernels.Tests;

/// <summary>Clips the same gradients on the host and by the kernels, step after step, and fails where the two differ.</summary>
internal sealed class BothSides : IDisposable
{
    private readonly BenchDriver _driver;
    private readonly CudaDevice _device;

    public BothSides(KernelDriver driver, GradientClipperOptions options, string? state = null)
    {
        _driver = driver.Require();
        _device = new CudaDevice(_driver.Driver, 0, CudaDevice.EmbeddedPtx());
        OnHost = new GradientClipper(options);
        OnDevice = new GradientClipper(options, _ => new CudaClipper(_device, options, new CudaTuning(32, 1024, 2, 0), torchStream: null));
        if (state is not null)
        {
            OnHost.LoadState(state);
            OnDevice.LoadState(state);
        }
    }

    public GradientClipper OnHost { get; }

    public GradientClipper OnDevice { get; }

    /// <summary>Clips a step on both sides.</summary>
    /// <param name="step">The step.</param>
    /// <param name="layers">The layers' names, types and values.</param>
    /// <param name="inverseScale">One over the loss scale.</param>
    /// <returns>The device's statistics, and each layer's values afterwards.</returns>
    public unsafe (GradientStatistics Statistics, double[][] Values) Clip(long step, (string Name, GradientType Type, double[] Values)[] layers, double inverseScale = 1.0)
    {
        byte[][] bytes = [.. layers.Select(layer => Bytes(layer.Type, layer.Values))];
        GradientBuffer[] hostList = [.. layers.Select((layer, i) => new GradientBuffer(
            layer.Name, layer.Values.Length == 0 ? 0 : (nint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref bytes[i][0]), layer.Values.Length, layer.Type))];
        DeviceTensorBuffer[] buffers;
        using (_device.Enter())
        {
            buffers = [.. layers.Select((layer, i) => new DeviceTensorBuffer(_driver, bytes[i], layer.Type, Placement.Aligned, i))];
        }

        GradientBuffer[] deviceList = [.. layers.Select((layer, i) => new GradientBuffer(
            layer.Name, buffers[i].Address, buffers[i].Count, layer.Type, GradientDevice.Cuda(0)))];
        OnDevice.ClipOnStream(deviceList, step, stream: 0, inverseScale);
        Assert.True(OnDevice.WaitForDevice(), OnDevice.DeviceFailure);
        Assert.True(OnDevice.TryRead(out GradientStatistics device));
        GradientStatistics host = OnHost.Clip(hostList, step, inverseScale);

        AssertNear(host.Norm, device.Norm);
        AssertNear(host.AbsoluteMaximum, device.AbsoluteMaximum);
        AssertNear(host.Threshold, device.Threshold);
        AssertNear(host.Coefficient, device.Coefficient);
        AssertNear(host.StabilityScore, device.StabilityScore);
        AssertNear(host.ClippingRatio, device.ClippingRatio);
        Assert.Equal((host.Step, host.Action, host.FoundInf), (device.Step, device.Action, device.FoundInf));
        Assert.Equal(
            (host.FirstNonFinite, host.FirstNonFiniteIndex, host.FirstNonFiniteElementCount, host.FirstNonFiniteNaNCount, host.FirstNonFiniteInfinityCount),
            (device.FirstNonFinite, device.FirstNonFiniteIndex, device.FirstNonFiniteElementCount, device.FirstNonFiniteNaNCount, device.FirstNonFiniteInfinityCount));
        var values = new double[layers.Length][];
        using CudaDevice.Scope scope = _device.Enter();
        for (int i = 0; i < layers.Length; i++)
        {
            byte[] written = buffers[i].Download(out bool intact).ToArray();
            Assert.True(intact);
            values[i] = Values(layers[i].Type, written);
            double[] onHost = Values(layers[i].Type, bytes[i]);
            for (int e = 0; e < onHost.Length; e++)
            {
                // The kernels multiply in float32, so the last bit may differ.
                double tolerance = layers[i].Type == GradientType.Float64 ? 1e-9 : layers[i].Type == GradientType.Float32 ? 1e-6 : 1e-2;
                AssertNear(onHost[e], values[i][e], tolerance);
            }

            buffers[i].Dispose();
        }

        return (device, values);
    }

    public void Dispose()
    {
        OnHost.Dispose();
        OnDevice.Dispose();
    }

    private static byte[] Bytes(GradientType type, double[] values)
    {
        byte[] bytes = GC.AllocateArray<byte>(values.Length * Element.SizeOf(type), pinned: true);
        for (int i = 0; i < values.Length; i++)
        {
            Element.Write(bytes, i, type, values[i]);
        }

        return bytes;
    }

    private static double[] Values(GradientType type, byte[] bytes)
        => [.. Enumerable.Range(0, bytes.Length / Element.SizeOf(type)).Select(i => Element.Read(bytes, i, type))];

    private static void AssertNear(double host, double device, double tolerance = 1e-9)
        => Assert.True(host.Equals(device) || Math.Abs(host - device) <= tolerance * Math.Abs(host), $"host {host:R}, device {device:R}");
}
