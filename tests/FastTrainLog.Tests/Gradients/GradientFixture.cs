using System.Runtime.InteropServices;
using FastTrainLog.Gradients;
using Xunit;

namespace FastTrainLog.Tests.Gradients;

/// <summary>Gradients of any type in native memory, at any misalignment, with guard bytes around them.</summary>
internal sealed unsafe class GradientFixture : IDisposable
{
    private const int Guard = 64;
    private const byte GuardByte = 0xA5;

    private readonly List<(nint Block, nint First, long Bytes)> _blocks = [];
    private readonly List<GradientBuffer> _buffers = [];

    public ReadOnlySpan<GradientBuffer> Buffers => CollectionsMarshal.AsSpan(_buffers);

    public GradientFixture Add(string name, ReadOnlySpan<double> values, GradientType type = GradientType.Float32, int misalignment = 0)
    {
        var buffer = new GradientBuffer(name, 0, values.Length, type);
        long bytes = (long)values.Length * buffer.ElementSize;
        nint block = (nint)NativeMemory.AlignedAlloc((nuint)(bytes + (2 * Guard) + misalignment), 64);
        NativeMemory.Fill((void*)block, (nuint)(bytes + (2 * Guard) + misalignment), GuardByte);
        nint first = block + Guard + misalignment;
        _blocks.Add((block, first, bytes));
        _buffers.Add(buffer with { Pointer = first });
        for (int i = 0; i < values.Length; i++)
        {
            Set(_buffers.Count - 1, i, values[i]);
        }

        return this;
    }

    public void Set(int buffer, long index, double value)
    {
        nint first = _buffers[buffer].Pointer;
        switch (_buffers[buffer].Type)
        {
            case GradientType.Float32: ((float*)first)[index] = (float)value; break;
            case GradientType.Float64: ((double*)first)[index] = value; break;
            case GradientType.Float16: ((Half*)first)[index] = (Half)value; break;
            default: ((ushort*)first)[index] = ToBFloat16((float)value); break;
        }
    }

    public double Get(int buffer, long index)
    {
        nint first = _buffers[buffer].Pointer;
        return _buffers[buffer].Type switch
        {
            GradientType.Float32 => ((float*)first)[index],
            GradientType.Float64 => ((double*)first)[index],
            GradientType.Float16 => (double)((Half*)first)[index],
            _ => BitConverter.Int32BitsToSingle(((ushort*)first)[index] << 16),
        };
    }

    public double[] Values(int buffer)
    {
        var values = new double[_buffers[buffer].Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Get(buffer, i);
        }

        return values;
    }

    public byte[] Bytes(int buffer) => new ReadOnlySpan<byte>((void*)_blocks[buffer].First, (int)_blocks[buffer].Bytes).ToArray();

    /// <summary>Fails when a byte outside the buffers was written.</summary>
    public void AssertGuardsIntact()
    {
        foreach ((nint block, nint first, long bytes) in _blocks)
        {
            for (byte* p = (byte*)block; p < (byte*)first; p++)
            {
                Assert.Equal(GuardByte, *p);
            }

            for (byte* p = (byte*)(first + bytes); p < (byte*)(first + bytes + Guard); p++)
            {
                Assert.Equal(GuardByte, *p);
            }
        }
    }

    public void Dispose()
    {
        foreach ((nint block, _, _) in _blocks)
        {
            NativeMemory.AlignedFree((void*)block);
        }
    }

    /// <summary>Rounds to nearest, ties to even, by choosing among the two neighbours rather than by adding to the bits.</summary>
    private static ushort ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value))
        {
            return (ushort)((bits >> 16) | 1);
        }

        uint below = bits & 0xFFFF0000;
        uint rest = bits & 0xFFFF;
        bool up = rest > 0x8000 || (rest == 0x8000 && (bits & 0x10000) != 0);
        return (ushort)((up ? below + 0x10000 : below) >> 16);
    }
}
