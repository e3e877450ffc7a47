namespace FastTrainLog.Gradients.Cuda;

/// <summary>The numbers by which the kernels know the policies: <c>POLICY_…</c> in Kernels/layout.h.</summary>
/// <remarks>A device cannot throw: <see cref="NonFinitePolicy.Throw"/> is Report there, and the host throws on reading the record.</remarks>
internal static class KernelPolicy
{
    public const uint Skip = 0;
    public const uint Sanitize = 1;
    public const uint Report = 2;
}
