namespace FastTrainLog.Gradients.Cuda;

/// <summary>
/// A ring in pinned host memory: the device writes one slot after another, a reader on any thread takes them without a call to the driver.
/// </summary>
/// <remarks>
/// Invariant: a slot's first eight bytes are the sequence, counted from 1, of what it holds, and 0 from before the device's first write to it
/// until after its last. So a slot whose sequence is the same before and after a copy was whole. The head's first eight bytes are the newest
/// sequence published. There is one reader at a time.
/// </remarks>
/// <param name="memory">Zeroed memory: the head and the slots.</param>
/// <param name="deviceAddress">The same memory as the device sees it.</param>
/// <param name="tensors">The largest number of tensors that a slot must hold.</param>
/// <param name="slots">How many slots there are.</param>
/// <param name="slotBytes">The bytes of a slot.</param>
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

    /// <summary>Returns as many slots as stay within 16 MiB, between two bounds.</summary>
    protected static int SlotsFor(long slotBytes, int fewest, int most) => (int)Math.Clamp(ByteBudget / slotBytes, fewest, most);

    /// <summary>Finds the slot of a sequence.</summary>
    /// <returns>False when it does not hold it, or not any longer.</returns>
    protected bool TryFind(ulong sequence, out byte* slot)
    {
        slot = _memory + HeadBytes + ((long)(sequence % (ulong)Slots) * SlotBytes);
        return Volatile.Read(ref *(ulong*)slot) == sequence;
    }

    /// <summary>Tells whether a slot still holds a sequence, after it was copied.</summary>
    protected static bool StillHolds(byte* slot, ulong sequence)
    {
        // The copies must not move past the second look at the sequence.
        Thread.MemoryBarrier();
        return Volatile.Read(ref *(ulong*)slot) == sequence;
    }
}
