using System.Runtime.InteropServices;
using FastTrainLog.Gradients;

namespace FastTrainLog.Kernels.Tests.StandIn;

/// <summary>A few float32 gradients in host memory, which is what the stand-in driver takes for the device's.</summary>
internal sealed unsafe class Gradients : IDisposable
{
    private readonly List<nint> _memory = [];

    public Gradients(params int[] counts)
        : this(0, counts)
    {
    }

    public Gradients(int device, int[] counts)
    {
        List = new GradientBuffer[counts.Length];
        for (int i = 0; i < counts.Length; i++)
        {
            List[i] = new GradientBuffer($"layer{i}", Memory(counts[i]), counts[i], GradientType.Float32, GradientDevice.Cuda(device));
            Span(i).Fill(1.0f);
        }
    }

    public GradientBuffer[] List { get; private set; }

    public Span<float> Span(int layer) => new((void*)List[layer].Pointer, (int)List[layer].Count);

    /// <summary>Gives a layer other memory with one value throughout, as a framework does that frees gradients every step.</summary>
    public void Move(int layer, float value)
    {
        List[layer] = List[layer] with { Pointer = Memory((int)List[layer].Count) };
        Span(layer).Fill(value);
    }

    public void Dispose()
    {
        foreach (nint memory in _memory)
        {
            NativeMemory.AlignedFree((void*)memory);
        }
    }

    private nint Memory(int count)
    {
        var memory = (nint)NativeMemory.AlignedAlloc((nuint)Math.Max(16, count * sizeof(float)), 16);
        _memory.Add(memory);
        return memory;
    }
}
