namespace FastTrainLog.Gradients;

/// <summary>The location of a gradient buffer: host memory or the memory of one CUDA device.</summary>
public readonly record struct GradientDevice
{
    private readonly int _cudaIndexPlusOne;

    private GradientDevice(int cudaIndexPlusOne) => _cudaIndexPlusOne = cudaIndexPlusOne;

    /// <summary>Gets the host's memory, which is also the default value.</summary>
    public static GradientDevice Cpu => default;

    /// <summary>Gets a value indicating whether the buffer is in host memory.</summary>
    public bool IsCpu => _cudaIndexPlusOne == 0;

    /// <summary>Gets the ordinal of the CUDA device, or −1 for host memory.</summary>
    public int CudaIndex => _cudaIndexPlusOne - 1;

    /// <summary>Returns the CUDA device with the given ordinal.</summary>
    /// <param name="index">The device's ordinal as the CUDA driver counts it, from 0.</param>
    /// <returns>The device.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The ordinal is negative.</exception>
    public static GradientDevice Cuda(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        return new GradientDevice(index + 1);
    }

    /// <summary>Returns <c>cpu</c> or <c>cuda:N</c>.</summary>
    /// <returns>The name that torch uses for the device.</returns>
    public override string ToString() => IsCpu ? "cpu" : $"cuda:{CudaIndex}";
}
