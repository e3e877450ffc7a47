namespace FastTrainLog.Gradients.Cuda;

/// <summary>The ring of statistics: a slot is a step's record, which begins with its sequence, and those of its tensors.</summary>
internal sealed unsafe class StatisticsRing(byte* memory, ulong deviceAddress, int tensors, int slots)
    : PinnedRing(memory, deviceAddress, tensors, slots, SlotBytesFor(tensors))
{
    /// <summary>Returns the number of slots of a ring: 1,024, or fewer to keep it within 16 MiB, but at least 64.</summary>
    public static int SlotsFor(int tensors) => SlotsFor(SlotBytesFor(tensors), 64, 1024);

    public static long BytesFor(int tensors, int slots) => HeadBytes + (SlotBytesFor(tensors) * slots);

    /// <summary>Copies a step out of the ring.</summary>
    /// <param name="sequence">The step's sequence.</param>
    /// <param name="record">The step.</param>
    /// <param name="tensors">Space for its tensors; those beyond it are omitted.</param>
    /// <returns>False if its slot does not contain the step, or no longer does.</returns>
    public bool TryCopy(ulong sequence, out StepRecord record, Span<TensorRecord> tensors)
    {
        if (!TryFind(sequence, out byte* slot))
        {
            record = default;
            return false;
        }

        record = *(StepRecord*)slot;
        int count = (int)Math.Min(record.TensorCount, (uint)Math.Min(tensors.Length, TensorCapacity));
        new ReadOnlySpan<TensorRecord>(slot + sizeof(StepRecord), count).CopyTo(tensors);
        return StillHolds(slot, sequence);
    }

    private static long SlotBytesFor(int tensors) => sizeof(StepRecord) + ((long)sizeof(TensorRecord) * tensors);
}
