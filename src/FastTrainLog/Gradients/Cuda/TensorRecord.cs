using System.Runtime.InteropServices;

namespace FastTrainLog.Gradients.Cuda;

/// <summary>One tensor of a step in the ring; has the same layout as <c>TensorRecord</c> in Kernels/layout.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TensorRecord
{
    public double Norm;
    public double Largest;
    public double Coefficient;
    public ulong NaNs;
    public ulong Infinities;
    public ulong Zeros;
}
