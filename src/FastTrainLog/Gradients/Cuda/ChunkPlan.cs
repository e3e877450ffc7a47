namespace FastTrainLog.Gradients.Cuda;

/// <summary>A list of buffers split into the chunks that the first kernel's blocks measure.</summary>
/// <remarks>The split depends only on the buffers' lengths, so that the sums are added in the same order on every device and in every run.</remarks>
internal sealed class ChunkPlan
{
    /// <summary>The size of a chunk in bytes, a multiple of 16: eight 16-byte loads for each of 512 threads.</summary>
    public const int DefaultChunkBytes = 1 << 16;

    private readonly GradientBuffer[] _buffers;

    /// <summary>Initializes a new instance of the <see cref="ChunkPlan"/> class.</summary>
    /// <param name="list">The buffers, each piece of memory once; they are copied.</param>
    /// <param name="chunkBytes">The size of a chunk in bytes, a multiple of 16.</param>
    public ChunkPlan(ReadOnlySpan<GradientBuffer> list, int chunkBytes)
    {
        GradientBuffer[] buffers = _buffers = list.ToArray();
        ChunkBytes = chunkBytes;
        Tensors = new DeviceTensor[Math.Max(1, buffers.Length)];
        long chunks = 0;
        for (int i = 0; i < buffers.Length; i++)
        {
            long bytes = buffers[i].ByteCount;
            long own = (bytes + chunkBytes - 1) / chunkBytes;
            Tensors[i] = new DeviceTensor
            {
                Address = (ulong)buffers[i].Pointer,
                Count = buffers[i].Count,
                Type = (uint)buffers[i].Type,
                FirstChunk = (uint)chunks,
                ChunkCount = (uint)own,
            };
            FilledTensors += own > 0 ? 1 : 0;
            ElementCount += buffers[i].Count;
            chunks += own;
        }

        if (chunks == 0)
        {
            // A step without elements needs a block that decides and publishes it: an empty chunk of the first tensor, or of an added empty tensor.
            Tensors[0].ChunkCount = 1;
            FilledTensors = 1;
            chunks = 1;
        }

        Chunks = new uint[checked((int)chunks)];
        for (int i = 0; i < Tensors.Length; i++)
        {
            Chunks.AsSpan((int)Tensors[i].FirstChunk, (int)Tensors[i].ChunkCount).Fill((uint)i);
        }
    }

    public int ChunkBytes { get; }

    /// <summary>Gets the tensors as the device sees them, at least one.</summary>
    public DeviceTensor[] Tensors { get; }

    /// <summary>Gets the tensor of each chunk.</summary>
    public uint[] Chunks { get; }

    /// <summary>Gets the number of tensors that have a chunk.</summary>
    public int FilledTensors { get; }

    public long ElementCount { get; }

    public ReadOnlySpan<GradientBuffer> Buffers => _buffers;

    /// <summary>Replaces the addresses of the same list.</summary>
    /// <param name="buffers">The buffers.</param>
    public void TakeAddresses(ReadOnlySpan<GradientBuffer> buffers)
    {
        for (int i = 0; i < buffers.Length; i++)
        {
            _buffers[i] = buffers[i];
            Tensors[i].Address = (ulong)buffers[i].Pointer;
        }
    }
}
