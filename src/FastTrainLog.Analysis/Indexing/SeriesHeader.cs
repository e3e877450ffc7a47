using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace FastTrainLog.Indexing;

/// <summary>The data about a series, or the histograms of a layer, that is available without reading its blocks.</summary>
/// <param name="Count">The number of its points.</param>
/// <param name="BlockSteps">The first step of each block of points.</param>
internal sealed record SeriesHeader(long Count, long[] BlockSteps)
{
    /// <param name="store">The index.</param>
    /// <param name="name">The name of the series.</param>
    /// <param name="blockPoints">The number of points in a block.</param>
    public static SeriesHeader? Read(IndexStore store, string name, int blockPoints)
    {
        if (store.Get(name, 0) is not { } bytes)
        {
            return null;
        }

        long count = bytes.Length < sizeof(long) ? -1 : BinaryPrimitives.ReadInt64LittleEndian(bytes);
        long blocks = (count + blockPoints - 1) / blockPoints;
        long[] steps = MemoryMarshal.Cast<byte, long>(bytes.AsSpan(Math.Min(sizeof(long), bytes.Length))).ToArray();
        return count >= 0 && steps.LongLength == blocks
            ? new SeriesHeader(count, steps)
            : throw new InvalidDataException($"'{name}' in the index has {count} points in {steps.LongLength} blocks.");
    }

    public void Write(IndexStore store, string name)
    {
        byte[] bytes = new byte[sizeof(long) * (BlockSteps.Length + 1)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, Count);
        MemoryMarshal.AsBytes(BlockSteps.AsSpan()).CopyTo(bytes.AsSpan(sizeof(long)));
        store.Put(name, 0, bytes);
    }
}
