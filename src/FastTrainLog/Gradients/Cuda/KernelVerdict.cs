using System.Runtime.InteropServices;

namespace FastTrainLog.Gradients.Cuda;

/// <summary>Has the same layout as <c>Verdict</c> in Kernels/layout.h; the host only needs its size.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KernelVerdict
{
    public double Factor;
    public uint Work;
    public uint Lifted;
}
