using FastTrainLog.Gradients;
using FastTrainLog.Gradients.Cuda;

namespace FastTrainLog.GpuBench.Cases;

/// <summary>Every value of a half type, read and written. On a GPU float16 is converted by instructions, elsewhere by the shim's code.</summary>
internal static class ConversionCheck
{
    private const int Values = 1 << 16;

    // A third shortens mantissas, 1/256 reaches denormals and zero, 1.75 reaches infinity.
    private static readonly float[] Factors = [1.0f / 3.0f, 1.0f / 256.0f, 1.75f];

    /// <summary>Runs the check.</summary>
    /// <returns>What is wrong, or null.</returns>
    public static string? Run(BenchDriver driver, int ordinal, GradientType type)
    {
        var values = new byte[Values * sizeof(ushort)];
        for (int i = 0; i < Values; i++)
        {
            BitConverter.TryWriteBytes(values.AsSpan(i * sizeof(ushort)), (ushort)i);
        }

        var device = new CudaDevice(driver.Driver, ordinal, CudaDevice.EmbeddedPtx());
        using var measuring = new CudaClipper(
            device, new GradientClipperOptions { NonFinite = NonFinitePolicy.Report }, new CudaTuning(32, 4096, 4, RingSlots: 2), torchStream: null);
        using CudaDevice.Scope scope = device.Enter();
        using var buffer = new DeviceTensorBuffer(driver, values, type, Placement.Aligned, 0);
        string? wrong = Measured(measuring, buffer, ordinal);
        foreach (float factor in Factors)
        {
            wrong ??= Scaled(driver, buffer, ordinal, factor);
        }

        return wrong;
    }

    private static string? Measured(CudaClipper clipper, DeviceTensorBuffer buffer, int ordinal)
    {
        var list = new GradientBuffer[Values];
        for (int i = 0; i < Values; i++)
        {
            list[i] = new GradientBuffer("one", buffer.Address + (i * sizeof(ushort)), 1, buffer.Type, GradientDevice.Cuda(ordinal));
        }

        if (!clipper.TryClip(list, 1, stream: 0) || !clipper.Synchronize() || !clipper.Statistics.TryRead(out _))
        {
            return clipper.Failure ?? "no record";
        }

        for (int i = 0; i < Values; i++)
        {
            double value = Element.Read(buffer.Values, i, buffer.Type);
            double magnitude = double.IsFinite(value) ? Math.Abs(value) : 0.0;
            LayerStatistics layer = clipper.Statistics.Layers[i];
            if (layer.NaNCount != (double.IsNaN(value) ? 1 : 0) || layer.InfinityCount != (double.IsInfinity(value) ? 1 : 0)
                || layer.ZeroCount != (value == 0.0 ? 1 : 0) || layer.AbsoluteMaximum != magnitude
                || Math.Abs(layer.Norm - magnitude) > 1e-14 * magnitude)
            {
                return $"{i:X4} is {value:R}: {layer}";
            }
        }

        return null;
    }

    private static string? Scaled(BenchDriver driver, DeviceTensorBuffer buffer, int ordinal, float factor)
    {
        buffer.Restore();
        var device = new CudaDevice(driver.Driver, ordinal, CudaDevice.EmbeddedPtx());
        using var clipper = new CudaClipper(
            device, new GradientClipperOptions { NonFinite = NonFinitePolicy.Sanitize }, new CudaTuning(32, 4096, 4, RingSlots: 2), torchStream: null);
        GradientBuffer[] list = [new("all", buffer.Address, Values, buffer.Type, GradientDevice.Cuda(ordinal))];
        if (!clipper.TryClip(list, 1, factor, stream: 0) || !clipper.Synchronize())
        {
            return clipper.Failure;
        }

        ReadOnlySpan<byte> now = buffer.Download(out _);
        var rounded = new byte[sizeof(ushort)];
        for (int i = 0; i < Values; i++)
        {
            double value = Element.Read(buffer.Values, i, buffer.Type);
            Element.Write(rounded, 0, buffer.Type, double.IsFinite(value) ? (float)value * factor : 0.0);

            // What the factor brings beyond the type becomes zero like any bad element.
            ushort expected = double.IsFinite(Element.Read(rounded, 0, buffer.Type)) ? BitConverter.ToUInt16(rounded) : (ushort)0;
            ushort became = BitConverter.ToUInt16(now[(i * sizeof(ushort))..]);
            if (became != expected)
            {
                return $"{i:X4} times {factor:R} became {became:X4}, expected {expected:X4}";
            }
        }

        return null;
    }
}
