namespace FastTrainLog.Gradients.Cuda;

/// <summary>One allocation on the device for everything whose size depends on the tensor list.</summary>
/// <remarks>Tensors and chunks are adjacent at the start, in the order in which they are uploaded.</remarks>
internal readonly unsafe struct CudaWorkspace
{
    private const long Alignment = 256;

    /// <summary>Initializes a new instance of the <see cref="CudaWorkspace"/> struct.</summary>
    /// <param name="device">The device.</param>
    /// <param name="tensors">The maximum number of tensors.</param>
    /// <param name="chunks">The maximum number of chunks.</param>
    /// <param name="histograms">Whether histograms are taken.</param>
    public CudaWorkspace(CudaDevice device, int tensors, int chunks, bool histograms)
    {
        TensorCapacity = tensors;
        ChunkCapacity = chunks;
        long bytes = 0;
        Tensors = (ulong)Place(ref bytes, (long)sizeof(DeviceTensor) * tensors + (long)sizeof(uint) * chunks);
        ChunkSums = (ulong)Place(ref bytes, (long)sizeof(KernelSums) * chunks);
        TensorSums = (ulong)Place(ref bytes, (long)sizeof(KernelSums) * tensors);
        Verdicts = (ulong)Place(ref bytes, (long)sizeof(KernelVerdict) * tensors);
        Tickets = (ulong)Place(ref bytes, sizeof(uint) * (tensors + 1L));
        Averages = (ulong)Place(ref bytes, sizeof(double) * (tensors + 1L));
        Magnitudes = (ulong)Place(ref bytes, histograms ? (long)sizeof(ulong) * GradientHistogram.Bins * tensors : 0);
        Bytes = bytes;
        Base = device.Allocate(bytes);
        Tensors += Base;
        ChunkSums += Base;
        TensorSums += Base;
        Verdicts += Base;
        Tickets += Base;
        Averages += Base;
        Magnitudes += Base;
    }

    public int TensorCapacity { get; }

    public int ChunkCapacity { get; }

    public ulong Base { get; }

    public long Bytes { get; }

    public ulong Tensors { get; }

    public ulong ChunkSums { get; }

    public ulong TensorSums { get; }

    public ulong Verdicts { get; }

    public ulong Tickets { get; }

    public ulong Averages { get; }

    public ulong Magnitudes { get; }

    private static long Place(ref long bytes, long size)
    {
        long at = bytes;
        bytes += (size + Alignment - 1) / Alignment * Alignment;
        return at;
    }
}
