using System.Runtime.InteropServices;

namespace FastTrainLog.Gradients.Cuda;

/// <summary>One tensor as the kernels see it; the twin of <c>Tensor</c> in Kernels/layout.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DeviceTensor
{
    public ulong Address;
    public long Count;
    public uint Type;
    public uint FirstChunk;
    public uint ChunkCount;
    public uint Unused;
}
