namespace FastTrainLog.Gradients.Cuda;

/// <summary>The numbers of the policies in the kernels: <c>POLICY_…</c> in Kernels/layout.h.</summary>
/// <remarks>A device cannot throw: there <see cref="NonFinitePolicy.Throw"/> is Report, and the host throws when it reads the record.</remarks>
internal static class KernelPolicy
{
    public const uint Skip = 0;
    public const uint Sanitize = 1;
    public const uint Report = 2;
}
