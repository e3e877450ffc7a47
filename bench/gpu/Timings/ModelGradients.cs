using FastTrainLog.GpuBench.Cases;
using FastTrainLog.Gradients;

namespace FastTrainLog.GpuBench.Timings;

/// <summary>The gradients of a model on the device, and as much memory again to copy them to.</summary>
internal sealed unsafe class ModelGradients : IDisposable
{
    // What torch's allocator aligns to.
    private const long Alignment = 512;
    private const int PatternElements = 1 << 20;

    private readonly BenchDriver _driver;
    private readonly delegate* unmanaged<ulong, ulong, nuint, nint, int> _copy;
    private readonly ulong _memory;
    private readonly ulong _copyTarget;
    private readonly long _allocated;

    public ModelGradients(BenchDriver driver, int ordinal, int[] lengths, GradientType type)
    {
        _driver = driver;
        _copy = (delegate* unmanaged<ulong, ulong, nuint, nint, int>)driver.Require("cuMemcpyDtoDAsync_v2");
        var offsets = new long[lengths.Length];
        for (int i = 0; i < lengths.Length; i++)
        {
            offsets[i] = _allocated;
            _allocated += Aligned(lengths[i], type);
            Bytes += lengths[i] * (long)Element.SizeOf(type);
        }

        _memory = Allocate();
        _copyTarget = Allocate();
        Fill(type);
        List = new GradientBuffer[lengths.Length];
        for (int i = 0; i < lengths.Length; i++)
        {
            List[i] = new GradientBuffer($"layer{i}", (nint)(_memory + (ulong)offsets[i]), lengths[i], type, GradientDevice.Cuda(ordinal));
        }
    }

    /// <summary>Says how much memory of the device a model takes here, with what kernels and ring take as well.</summary>
    public static long NeededBytes(int[] lengths, GradientType type)
    {
        const long Margin = 256L << 20;
        return (2 * lengths.Sum(length => Aligned(length, type))) + Margin;
    }

    /// <summary>Gets the bytes of all gradients.</summary>
    public long Bytes { get; }

    public GradientBuffer[] List { get; }

    /// <summary>Issues a device-to-device copy of as many bytes as the gradients have.</summary>
    public void Copy() => _driver.Driver.Check(_copy(_copyTarget, _memory, (nuint)Bytes, 0), "cuMemcpyDtoDAsync");

    public void Dispose()
    {
        _driver.Driver.MemFree(_memory);
        _driver.Driver.MemFree(_copyTarget);
    }

    private static long Aligned(int length, GradientType type)
        => ((length * (long)Element.SizeOf(type)) + Alignment - 1) / Alignment * Alignment;

    private ulong Allocate()
    {
        ulong address;
        _driver.Driver.Check(_driver.Driver.MemAlloc(&address, (nuint)_allocated), $"cuMemAlloc of {_allocated} bytes");
        return address;
    }

    private void Fill(GradientType type)
    {
        var random = new Random(1);
        var pattern = new byte[PatternElements * Element.SizeOf(type)];
        for (int i = 0; i < PatternElements; i++)
        {
            Element.Write(pattern, i, type, (random.NextDouble() - 0.5) * 1e-2);
        }

        for (long at = 0; at < _allocated; at += pattern.Length)
        {
            _driver.Upload(_memory + (ulong)at, pattern.AsSpan(0, (int)Math.Min(pattern.Length, _allocated - at)));
        }
    }
}
