using System.Runtime.InteropServices;

namespace FastTrainLog.Gradients.Cuda;

/// <summary>The state that a clipper keeps on the device from step to step; has the same layout as <c>State</c> in Kernels/layout.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KernelState
{
    public float FoundInf;
    public uint Work;
    public double ClampAt;
    public ulong Sequence;
    public long Step;
    public ulong NonFiniteSteps;
    public ulong ClippedSteps;
    public ulong Seen;
    public ulong Oldest;
    public ulong Histograms;
    public ulong Histogram;
    public double Mean;
    public double Variance;
    public double WarmupSquares;
}
