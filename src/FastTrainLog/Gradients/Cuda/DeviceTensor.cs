using System.Runtime.InteropServices;

namespace FastTrainLog.Gradients.Cuda;

/// <summary>One tensor as the kernels read it; has the same layout as <c>Tensor</c> in Kernels/layout.h.</summary>
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
