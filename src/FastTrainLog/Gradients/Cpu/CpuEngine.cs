using System.Runtime.CompilerServices;

namespace FastTrainLog.Gradients;

/// <summary>The two passes over a list of gradients in host memory: read and write.</summary>
internal sealed unsafe class CpuEngine : IGradientPasses
{
    // The minimum work of an additional thread: below it, waking the thread costs the caller more than it saves.
    private const long BytesPerThread = 2 << 20;

    private readonly GradientList _list = new();
    private readonly SimdLevel _level;
    private readonly int _threads;
    private readonly ReadPass _read;
    private readonly WritePass _write;
    private readonly HistogramPass _histograms;
    private int _met;

    public CpuEngine(int threads, SimdLevel level)
    {
        (_threads, _level) = (threads, level);
        _read = new ReadPass(this);
        _write = new WritePass(this);
        _histograms = new HistogramPass(this);
    }

    /// <inheritdoc/>
    public void Use(ReadOnlySpan<GradientBuffer> gradients) => _list.Use(gradients);

    public LayerStatistics[] Layers => _list.Layers;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public Partial Read(double inverseScale, out int firstNonFinite)
    {
        _met = ChunkCrew.Shared.Run(_read, _list.Chunks.Length, Threads());

        Partial total = default;
        firstNonFinite = -1;
        ReadOnlySpan<Chunk> chunks = _list.Chunks;
        ReadOnlySpan<GradientBuffer> buffers = _list.Buffers;
        LayerStatistics[] layers = _list.Layers;
        int chunk = 0;
        for (int i = 0; i < layers.Length; i++)
        {
            Partial layer = default;
            for (; chunk < chunks.Length && chunks[chunk].Buffer == i; chunk++)
            {
                layer.Add(_list.Partials[chunk]);
            }

            layer.Elements = buffers[i].Count;
            if (!layer.Finite && firstNonFinite < 0)
            {
                firstNonFinite = i;
            }

            total.Add(layer);
            layers[i] = LayerStatistics.Of(buffers[i].Name, buffers[i].Type, layer, inverseScale);
        }

        return total;
    }

    /// <inheritdoc/>
    public void Write(in Rewrite rewrite)
    {
        _write.Rewrite = rewrite;
        ChunkCrew.Shared.RunOutwards(_write, _list.Chunks.Length, Threads(), _met);
    }

    /// <summary>Computes the histograms of the gradients of the last read pass.</summary>
    /// <param name="inverseScale">The factor on all magnitudes.</param>
    public void TakeHistograms(double inverseScale)
    {
        _histograms.Begin(inverseScale);
        ChunkCrew.Shared.Run(_histograms, _list.Chunks.Length, Threads());
    }

    public ReadOnlySpan<long> HistogramOf(int layer)
        => _histograms.Counts.AsSpan(layer * GradientHistogram.Bins, GradientHistogram.Bins);

    private int Threads() => (int)Math.Min(_threads, 1 + (_list.ByteCount / BytesPerThread));

    private sealed class ReadPass(CpuEngine engine) : IChunkWork
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Do(int chunk)
        {
            ref readonly Chunk at = ref engine._list.Chunks[chunk];
            ref readonly GradientBuffer buffer = ref engine._list.Buffers[at.Buffer];
            engine._list.Partials[chunk] = CpuKernel.Measure(
                (byte*)buffer.Pointer + (at.Start * buffer.ElementSize),
                at.Length,
                (byte*)buffer.Pointer + (buffer.Count * buffer.ElementSize) - 1,
                buffer.Type,
                engine._level);
        }
    }

    private sealed class WritePass(CpuEngine engine) : IChunkWork
    {
        public Rewrite Rewrite { get; set; }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Do(int chunk)
        {
            ref readonly Chunk at = ref engine._list.Chunks[chunk];
            ref readonly GradientBuffer buffer = ref engine._list.Buffers[at.Buffer];
            Rewrite rewrite = Rewrite with { Factor = engine._list.Layers[at.Buffer].Scale * Rewrite.Factor.Value };
            if (!rewrite.ChangesNothing)
            {
                CpuKernel.Write((byte*)buffer.Pointer + (at.Start * buffer.ElementSize), at.Length, buffer.Type, rewrite);
            }
        }
    }

    private sealed class HistogramPass(CpuEngine engine) : IChunkWork
    {
        private double _inverseScale;

        public long[] Counts { get; private set; } = [];

        public void Begin(double inverseScale)
        {
            _inverseScale = inverseScale;
            int length = engine._list.Layers.Length * GradientHistogram.Bins;
            if (Counts.Length != length)
            {
                Counts = new long[length];
            }

            Array.Clear(Counts);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Do(int chunk)
        {
            ref readonly Chunk at = ref engine._list.Chunks[chunk];
            ref readonly GradientBuffer buffer = ref engine._list.Buffers[at.Buffer];
            Span<int> counts = stackalloc int[GradientHistogram.Bins];
            counts.Clear();
            ScalarKernel.CountMagnitudes(
                (byte*)buffer.Pointer + (at.Start * buffer.ElementSize), at.Length, buffer.Type, _inverseScale, counts);
            for (int bin = 0; bin < counts.Length; bin++)
            {
                Interlocked.Add(ref Counts[(at.Buffer * GradientHistogram.Bins) + bin], counts[bin]);
            }
        }
    }
}
