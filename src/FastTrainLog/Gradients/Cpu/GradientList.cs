using System.Runtime.CompilerServices;

namespace FastTrainLog.Gradients;

/// <summary>
/// The list of buffers that a clipper knows, cut into chunks. The cut depends on the buffers' lengths alone, never on the number of
/// threads, and partials are added in chunk order: that is why results are the same bits whatever the thread count.
/// </summary>
internal sealed class GradientList
{
    /// <summary>The elements of a chunk: large enough to hide the hand-out, small enough that two threads end close together.</summary>
    public const int ChunkElements = 1 << 16;

    private GradientBuffer[] _buffers = [];
    private Chunk[] _chunks = [];

    public ReadOnlySpan<GradientBuffer> Buffers => _buffers;

    public ReadOnlySpan<Chunk> Chunks => _chunks;

    public Partial[] Partials { get; private set; } = [];

    public LayerStatistics[] Layers { get; private set; } = [];

    public long ElementCount { get; private set; }

    public long ByteCount { get; private set; }

    /// <summary>Takes over a list; allocates only when its shape differs from the last one's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Use(ReadOnlySpan<GradientBuffer> buffers)
    {
        bool sameShape = buffers.Length == _buffers.Length;
        for (int i = 0; sameShape && i < buffers.Length; i++)
        {
            ref readonly GradientBuffer known = ref _buffers[i];
            ref readonly GradientBuffer given = ref buffers[i];
            sameShape = given.Count == known.Count && given.Type == known.Type && given.Device == known.Device && SameName(given, known);
            if (sameShape && given.Pointer != known.Pointer)
            {
                Check(given, i);
                _buffers[i] = given;
            }
        }

        if (!sameShape)
        {
            Rebuild(buffers);
        }
    }

    private static bool SameName(in GradientBuffer given, in GradientBuffer known)
        => ReferenceEquals(given.Name, known.Name) || given.Name == known.Name;

    private static void Check(in GradientBuffer buffer, int index)
    {
        if (buffer.Name is null)
        {
            throw new ArgumentException(
                $"Gradient {index} of the list has no name (null). Give each buffer the name of its layer.", "gradients");
        }

        if (buffer.Count < 0)
        {
            throw new ArgumentException(
                $"Gradient '{buffer.Name}' has the count {buffer.Count}; it must be 0 or more. Pass the number of elements, not of bytes.",
                "gradients");
        }

        if (buffer.Pointer == 0 && buffer.Count > 0)
        {
            throw new ArgumentException(
                $"Gradient '{buffer.Name}' has a null pointer and {buffer.Count} elements. Leave layers without a gradient out of the " +
                "list, or pass the count 0.",
                "gradients");
        }

        if (buffer.Type > GradientType.BFloat16)
        {
            throw new ArgumentException(
                $"Gradient '{buffer.Name}' has the unknown element type {(int)buffer.Type}. Use Float32, Float64, Float16 or BFloat16.",
                "gradients");
        }

        if (!buffer.Device.IsCpu)
        {
            throw new ArgumentException(
                $"Gradient '{buffer.Name}' lies on {buffer.Device}, and this clipper works on host memory. Copy the gradient to the host, " +
                "or clip it with a clipper for CUDA.",
                "gradients");
        }
    }

    private void Rebuild(ReadOnlySpan<GradientBuffer> buffers)
    {
        long chunks = 0;
        long elements = 0;
        long bytes = 0;
        for (int i = 0; i < buffers.Length; i++)
        {
            Check(buffers[i], i);
            chunks += (buffers[i].Count + ChunkElements - 1) / ChunkElements;
            elements += buffers[i].Count;
            bytes += buffers[i].Count * buffers[i].ElementSize;
        }

        _chunks = new Chunk[checked((int)chunks)];
        Partials = new Partial[_chunks.Length];
        Layers = new LayerStatistics[buffers.Length];
        int next = 0;
        for (int i = 0; i < buffers.Length; i++)
        {
            for (long start = 0; start < buffers[i].Count; start += ChunkElements)
            {
                _chunks[next++] = new Chunk(i, start, (int)Math.Min(ChunkElements, buffers[i].Count - start));
            }
        }

        ElementCount = elements;
        ByteCount = bytes;
        _buffers = buffers.ToArray();
    }
}
