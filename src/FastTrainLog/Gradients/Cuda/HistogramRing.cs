namespace FastTrainLog.Gradients.Cuda;

/// <summary>The ring of histograms: a slot is the histogram's number and the counts of each tensor's bins.</summary>
internal sealed unsafe class HistogramRing(byte* memory, ulong deviceAddress, int tensors, int slots)
    : PinnedRing(memory, deviceAddress, tensors, slots, SlotBytesFor(tensors))
{
    /// <summary>Returns the number of slots of a ring: 64, or fewer to keep it within 16 MiB, but at least 8.</summary>
    public static int SlotsFor(int tensors) => SlotsFor(SlotBytesFor(tensors), 8, 64);

    public static long BytesFor(int tensors, int slots) => HeadBytes + (SlotBytesFor(tensors) * slots);

    /// <summary>Copies a histogram out of the ring.</summary>
    /// <param name="number">The histogram's number.</param>
    /// <param name="counts">Space for its counts.</param>
    /// <returns>False if its slot does not contain it, or no longer does.</returns>
    public bool TryCopy(ulong number, Span<long> counts)
    {
        if (counts.Length > TensorCapacity * GradientHistogram.Bins || !TryFind(number, out byte* slot))
        {
            return false;
        }

        new ReadOnlySpan<long>(slot + sizeof(ulong), counts.Length).CopyTo(counts);
        return StillHolds(slot, number);
    }

    private static long SlotBytesFor(int tensors) => sizeof(ulong) + ((long)sizeof(long) * GradientHistogram.Bins * tensors);
}
