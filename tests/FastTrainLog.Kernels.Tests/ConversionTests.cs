using System.Runtime.InteropServices;
using FastTrainLog.Gradients;
using FastTrainLog.Gradients.Cuda;
using FastTrainLog.GpuBench;
using FastTrainLog.GpuBench.Cases;
using FastTrainLog.Kernels.Tests.StandIn;
using Xunit;

namespace FastTrainLog.Kernels.Tests;

/// <summary>Every value of the half types, read and written.</summary>
/// <remarks>A GPU converts float16 with an instruction of its own; this proves the software form that stands for it here.</remarks>
[Collection(StandInCollection.Name)]
public sealed class ConversionTests
{
    private const int Values = 1 << 16;

    public static TheoryData<KernelDriver, GradientType> Types { get; } = new MatrixTheoryData<KernelDriver, GradientType>(
        Enum.GetValues<KernelDriver>(), [GradientType.Float16, GradientType.BFloat16]);

    [Theory]
    [MemberData(nameof(Types))]
    public unsafe void Every_half_is_measured_exactly_in_a_tensor_of_its_own(KernelDriver kernelDriver, GradientType type)
    {
        BenchDriver driver = kernelDriver.Require();
        using CudaClipper clipper = Open(driver, GradientLimit.None, NonFinitePolicy.Report);
        var memory = (ushort*)NativeMemory.AlignedAlloc(Values * sizeof(ushort), 16);
        var list = new GradientBuffer[Values];
        for (int i = 0; i < Values; i++)
        {
            memory[i] = (ushort)i;
            list[i] = new GradientBuffer("one", (nint)(memory + i), 1, type, GradientDevice.Cuda(0));
        }

        Assert.True(clipper.TryClip(list, 1), clipper.Failure);
        Assert.True(clipper.TryRead(out _));
        var bytes = new ReadOnlySpan<byte>(memory, Values * sizeof(ushort));
        for (int i = 0; i < Values; i++)
        {
            double value = Element.Read(bytes, i, type);
            LayerStatistics layer = clipper.Layers[i];
            double magnitude = double.IsFinite(value) ? Math.Abs(value) : 0.0;
            bool right = layer.NaNCount == (double.IsNaN(value) ? 1 : 0) && layer.InfinityCount == (double.IsInfinity(value) ? 1 : 0)
                && layer.ZeroCount == (value == 0.0 ? 1 : 0) && layer.AbsoluteMaximum == magnitude
                && Math.Abs(layer.Norm - magnitude) <= 1e-14 * magnitude;
            Assert.True(right, $"{i:X4} is {value:R}: {layer}");
        }

        NativeMemory.AlignedFree(memory);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public unsafe void Every_finite_half_is_scaled_and_rounded_to_the_nearest_even(KernelDriver kernelDriver, GradientType type)
    {
        BenchDriver driver = kernelDriver.Require();
        var memory = (ushort*)NativeMemory.AlignedAlloc(Values * sizeof(ushort), 16);
        var before = new byte[Values * sizeof(ushort)];
        var rounded = new byte[sizeof(ushort)];

        // A third shortens mantissas, 1/256 reaches denormals and zero; 1.75 reaches infinity.
        foreach (float factor in new[] { 1.0f / 3.0f, 1.0f / 256.0f, 1.75f })
        {
            using CudaClipper clipper = Open(driver, GradientLimit.None, NonFinitePolicy.Sanitize);
            for (int i = 0; i < Values; i++)
            {
                memory[i] = (ushort)i;
            }

            new ReadOnlySpan<byte>(memory, before.Length).CopyTo(before);
            var list = new GradientBuffer[] { new("all", (nint)memory, Values, type, GradientDevice.Cuda(0)) };
            Assert.True(clipper.TryClip(list, 1, factor), clipper.Failure);
            for (int i = 0; i < Values; i++)
            {
                double value = Element.Read(before, i, type);
                Element.Write(rounded, 0, type, double.IsFinite(value) ? (float)value * factor : 0.0);
                ushort expected = BitConverter.ToUInt16(rounded);
                Assert.True(memory[i] == expected, $"{i:X4} times {factor:R} became {memory[i]:X4}, expected {expected:X4}");
            }
        }

        NativeMemory.AlignedFree(memory);
    }

    private static CudaClipper Open(BenchDriver driver, GradientLimit limit, NonFinitePolicy policy)
    {
        var device = new CudaDevice(driver.Driver, 0, CudaDevice.EmbeddedPtx());
        var options = new GradientClipperOptions { Limit = limit, NonFinite = policy };
        return new CudaClipper(device, options, new CudaTuning(32, 4096, 2, RingSlots: 4), torchStream: null);
    }
}
