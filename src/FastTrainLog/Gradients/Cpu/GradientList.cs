namespace FastTrainLog.Gradients;

/// <summary>
/// The current list of buffers of a clipper, split into chunks. The split depends only on the buffers' lengths, never on the number of
/// threads, and partials are added in chunk order, so results are bit-identical for any thread count.
/// </summary>
internal sealed class GradientList
{
    /// <summary>The elements of a chunk: large enough to hide the cost of distribution, small enough that threads finish at nearly the same time.</summary>
    public const int ChunkElements = 1 << 16;

    private readonly DistinctGradients _list = new();
    private Chunk[] _chunks = [];

    /// <summary>Gets the buffers, each piece of memory once.</summary>
    public ReadOnlySpan<GradientBuffer> Buffers => _list.Counted;

    public ReadOnlySpan<Chunk> Chunks => _chunks;

    public Partial[] Partials { get; private set; } = [];

    public LayerStatistics[] Layers { get; private set; } = [];

    public long ByteCount { get; private set; }

    /// <summary>Makes a list the current one; allocates only if its shape differs from the last one's.</summary>
    /// <exception cref="ArgumentException">A buffer is invalid or partly overlaps another; the message names it.</exception>
    public void Use(ReadOnlySpan<GradientBuffer> buffers)
    {
        if (_list.Take(buffers, GradientDevice.Cpu) == ListChange.Shape)
        {
            Rebuild(_list.Counted);
        }
    }

    private void Rebuild(ReadOnlySpan<GradientBuffer> buffers)
    {
        long chunks = 0;
        long bytes = 0;
        foreach (ref readonly GradientBuffer buffer in buffers)
        {
            chunks += (buffer.Count + ChunkElements - 1) / ChunkElements;
            bytes += buffer.ByteCount;
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
    }
}
