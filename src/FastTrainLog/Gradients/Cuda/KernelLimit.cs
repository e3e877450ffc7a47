namespace FastTrainLog.Gradients.Cuda;

/// <summary>The numbers of the limits in the kernels: <c>LIMIT_…</c> in Kernels/layout.h.</summary>
internal static class KernelLimit
{
    public const uint None = 0;
    public const uint L2Norm = 1;
    public const uint InfinityNorm = 2;
    public const uint Value = 3;
    public const uint AutoClip = 4;
    public const uint ZClip = 5;
    public const uint AdaGC = 6;
}
