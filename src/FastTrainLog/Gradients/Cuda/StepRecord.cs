using System.Runtime.InteropServices;

namespace FastTrainLog.Gradients.Cuda;

/// <summary>One step in the ring; has the same layout as <c>StepRecord</c> in Kernels/layout.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct StepRecord
{
    public ulong Sequence;
    public long Step;
    public ulong List;
    public uint TensorCount;
    public uint Action;
    public double Norm;
    public double Largest;
    public double Threshold;
    public double Coefficient;
    public double InverseScale;
    public ulong NaNs;
    public ulong Infinities;
    public ulong Zeros;
    public long FirstNonFinite;
    public ulong NonFiniteSteps;
    public ulong ClippedSteps;
    public ulong Histogram;
}
