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
        buffer.Check(index);
        if (!buffer.Device.IsCpu)
        {
            throw new ArgumentException(
                $"Gradient '{buffer.Name}' lies on {buffer.Device}, and others of the list in host memory, or it is only to be measured. " +
                "Copy the gradient to the host, or clip the gradients of a device in a call of their own.",
                "gradients");
        }
    }

    private void Rebuild(ReadOnlySpan<GradientBuffer> buffers)
    {
        long chunks = 0;
        long bytes = 0;
        for (int i = 0; i < buffers.Length; i++)
        {
            Check(buffers[i], i);
            chunks += (buffers[i].Count + ChunkElements - 1) / ChunkElements;
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

        ByteCount = bytes;
        _buffers = buffers.ToArray();
    }
}
