namespace FastTrainLog.Gradients.Cuda;

/// <summary>
/// A ring in pinned host memory: the device writes one slot after another, a reader on any thread reads them without a driver call.
/// </summary>
/// <remarks>
/// Invariant: a slot's first eight bytes are the sequence number of its content, counted from 1, and 0 from before the device's first write to it
/// until after its last. So if a slot's sequence is the same before and after a copy, the copy is consistent. The head's first eight bytes are the newest
/// sequence published. There is one reader at a time.
/// </remarks>
/// <param name="memory">Zeroed memory: the head and the slots.</param>
/// <param name="deviceAddress">The address of the same memory on the device.</param>
/// <param name="tensors">The maximum number of tensors in a slot.</param>
/// <param name="slots">The number of slots.</param>
/// <param name="slotBytes">The size of a slot in bytes.</param>
internal abstract unsafe class PinnedRing(byte* memory, ulong deviceAddress, int tensors, int slots, long slotBytes)
{
    public const int HeadBytes = 128;

    private const long ByteBudget = 16L << 20;

    private readonly byte* _memory = memory;

    public ulong DeviceAddress { get; } = deviceAddress;

    public int TensorCapacity { get; } = tensors;

    public int Slots { get; } = slots;

    public long SlotBytes { get; } = slotBytes;

    public void* Memory => _memory;

    /// <summary>Gets the newest sequence that the device has published in this ring, 0 for none.</summary>
    public ulong Published => Volatile.Read(ref *(ulong*)_memory);

    /// <summary>Returns the number of slots that fit in 16 MiB, limited to a range.</summary>
    protected static int SlotsFor(long slotBytes, int fewest, int most) => (int)Math.Clamp(ByteBudget / slotBytes, fewest, most);

    /// <summary>Finds the slot of a sequence.</summary>
    /// <returns>False if it does not contain it, or no longer does.</returns>
    protected bool TryFind(ulong sequence, out byte* slot)
    {
        slot = _memory + HeadBytes + ((long)(sequence % (ulong)Slots) * SlotBytes);
        return Volatile.Read(ref *(ulong*)slot) == sequence;
    }

    /// <summary>Returns whether a slot still has a sequence, after it was copied.</summary>
    protected static bool StillHolds(byte* slot, ulong sequence)
    {
        // The copy must not be reordered after the second read of the sequence.
        Thread.MemoryBarrier();
        return Volatile.Read(ref *(ulong*)slot) == sequence;
    }
}
