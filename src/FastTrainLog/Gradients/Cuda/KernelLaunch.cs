using System.Runtime.InteropServices;

namespace FastTrainLog.Gradients.Cuda;

/// <summary>The only parameter of all kernels; has the same layout as <c>Launch</c> in Kernels/layout.h, which explains the fields.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KernelLaunch
{
    /// <summary>The step number of a captured launch: each replay increments the previous step number. No caller uses this value.</summary>
    public const long NextStep = long.MinValue;

    public ulong Tensors;
    public ulong Chunks;
    public ulong ChunkSums;
    public ulong TensorSums;
    public ulong Verdicts;
    public ulong Tickets;
    public ulong State;
    public ulong History;
    public ulong Averages;
    public ulong Ring;
    public ulong Magnitudes;
    public ulong HistogramRing;
    public ulong HistogramSlotBytes;
    public ulong InverseScaleAddress;
    public double InverseScale;
    public long Step;
    public ulong List;
    public double Maximum;
    public double Parameter;
    public double Smoothing;
    public ulong Warmup;
    public uint HistoryCapacity;
    public uint Limit;
    public uint Policy;
    public uint TensorCount;
    public uint ChunkCount;
    public uint FilledTensors;
    public uint ChunkBytes;
    public uint SlotCount;
    public ulong SlotBytes;
    public uint HistogramSlotCount;
    public uint HistogramEvery;

    /// <summary>Gets a value indicating whether the second kernel never writes, in any step.</summary>
    public readonly bool NeverWrites
        => Limit == KernelLimit.None && Policy == KernelPolicy.Report && InverseScale == 1.0 && InverseScaleAddress == 0;

    /// <summary>Sets the fields that depend on the clipper's settings.</summary>
    public void Take(GradientClipperOptions options)
    {
        HistogramEvery = (uint)options.HistogramEvery;
        Policy = options.NonFinite switch
        {
            NonFinitePolicy.Skip => KernelPolicy.Skip,
            NonFinitePolicy.Sanitize => KernelPolicy.Sanitize,
            _ => KernelPolicy.Report,
        };
        switch (options.Limit)
        {
            case L2NormLimit l2:
                Limit = KernelLimit.L2Norm;
                Maximum = l2.Maximum;
                break;
            case InfinityNormLimit infinity:
                Limit = KernelLimit.InfinityNorm;
                Maximum = infinity.Maximum;
                break;
            case ValueLimit value:
                Limit = KernelLimit.Value;
                Maximum = value.Maximum;
                break;
            case AutoClipLimit autoClip:
                Limit = KernelLimit.AutoClip;
                Parameter = autoClip.Percentile;
                HistoryCapacity = (uint)autoClip.History;
                break;
            case ZClipLimit zClip:
                Limit = KernelLimit.ZClip;
                Parameter = zClip.ZThreshold;
                Smoothing = zClip.Smoothing;
                Warmup = (ulong)zClip.WarmupSteps;
                Maximum = zClip.Maximum;
                break;
            case AdaGCLimit adaGC:
                Limit = KernelLimit.AdaGC;
                Parameter = adaGC.Relative;
                Smoothing = adaGC.Smoothing;
                Warmup = (ulong)adaGC.WarmupSteps;
                Maximum = adaGC.Absolute;
                break;
            default:
                Limit = KernelLimit.None;
                break;
        }
    }
}
