using System.Runtime.InteropServices;

namespace FastTrainLog.Gradients.Cuda;

/// <summary>Has the same layout as <c>Sums</c> in Kernels/layout.h; the host only needs its size.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KernelSums
{
    public double TinySquares;
    public double Squares;
    public double HugeSquares;
    public double Largest;
    public ulong NaNs;
    public ulong Infinities;
    public ulong Zeros;
}
