using System.Runtime.InteropServices;

namespace FastTrainLog.Gradients.Cuda;

/// <summary>The twin of <c>Verdict</c> in Kernels/layout.h; the host only needs its size.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KernelVerdict
{
    public double Factor;
    public uint Work;
    public uint Unused;
}
