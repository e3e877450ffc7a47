namespace FastTrainLog.Gradients.Cuda;

/// <summary>A list of buffers cut into the chunks that the first kernel's blocks measure.</summary>
/// <remarks>The cut depends on the buffers' lengths alone, so that the sums are added in the same order on every device and in every run.</remarks>
internal sealed class ChunkPlan
{
    /// <summary>A chunk's bytes, a multiple of 16: eight 16-byte loads for each of 512 threads.</summary>
    public const int DefaultChunkBytes = 1 << 16;

    private readonly GradientBuffer[] _buffers;

    private ChunkPlan(GradientBuffer[] buffers, int chunkBytes)
    {
        _buffers = buffers;
        ChunkBytes = chunkBytes;
        Tensors = new DeviceTensor[Math.Max(1, buffers.Length)];
        long chunks = 0;
        for (int i = 0; i < buffers.Length; i++)
        {
            long bytes = buffers[i].Count * buffers[i].ElementSize;
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
            // Some block has to decide and publish a step without an element: an empty chunk of the first tensor, or of one of its own.
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

    /// <summary>Gets how many tensors have a chunk.</summary>
    public int FilledTensors { get; }

    public long ElementCount { get; }

    public ReadOnlySpan<GradientBuffer> Buffers => _buffers;

    /// <summary>Cuts a list.</summary>
    /// <param name="buffers">The buffers; a copy is kept.</param>
    /// <param name="device">The ordinal of the device that they must lie on.</param>
    /// <param name="chunkBytes">A chunk's bytes, a multiple of 16.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="ArgumentException">A buffer is invalid; the message names it.</exception>
    public static ChunkPlan Of(ReadOnlySpan<GradientBuffer> buffers, int device, int chunkBytes)
    {
        for (int i = 0; i < buffers.Length; i++)
        {
            Check(buffers[i], i, device);
        }

        return new ChunkPlan(buffers.ToArray(), chunkBytes);
    }

    /// <summary>Takes over other pointers of the same list.</summary>
    /// <param name="buffers">The buffers.</param>
    /// <param name="device">The ordinal of the device that they must lie on.</param>
    /// <param name="moved">Whether any pointer differs from the one known.</param>
    /// <returns>False when the list differs in more than its pointers.</returns>
    public bool TryTakePointers(ReadOnlySpan<GradientBuffer> buffers, int device, out bool moved)
    {
        moved = false;
        if (buffers.Length != _buffers.Length)
        {
            return false;
        }

        for (int i = 0; i < buffers.Length; i++)
        {
            ref readonly GradientBuffer given = ref buffers[i];
            ref readonly GradientBuffer known = ref _buffers[i];
            if (given.Count != known.Count || given.Type != known.Type || given.Device != known.Device
                || !(ReferenceEquals(given.Name, known.Name) || given.Name == known.Name))
            {
                return false;
            }

            if (given.Pointer != known.Pointer)
            {
                Check(given, i, device);
                _buffers[i] = given;
                Tensors[i].Address = (ulong)given.Pointer;
                moved = true;
            }
        }

        return true;
    }

    private static void Check(in GradientBuffer buffer, int index, int device)
    {
        buffer.Check(index);
        if (buffer.Device.CudaIndex != device)
        {
            throw new ArgumentException(
                $"Gradient '{buffer.Name}' lies on {buffer.Device} and others of the list on cuda:{device}. A clipper takes the gradients " +
                "of one device in a call; make one clipper for each device.",
                "gradients");
        }

        if (buffer.Pointer % buffer.ElementSize != 0)
        {
            throw new ArgumentException(
                $"Gradient '{buffer.Name}' begins at {buffer.Pointer:x}, which is no multiple of its element size {buffer.ElementSize}: a " +
                "GPU cannot read it. Copy the gradient to aligned memory.",
                "gradients");
        }
    }
}
