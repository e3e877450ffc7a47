namespace FastTrainLog.Gradients.Cuda;

/// <summary>
/// A ring in pinned host memory: the device writes one slot a step, a reader on any thread takes them without a call to the driver.
/// </summary>
/// <remarks>
/// Invariant: a slot's first eight bytes are the sequence of the step it holds, and 0 from before the device's first write to it until
/// after its last. So a slot whose sequence is the same before and after a copy was whole. The head's first eight bytes are the newest
/// sequence published. There is one reader at a time.
/// </remarks>
internal sealed unsafe class StatisticsRing
{
    public const int HeadBytes = 128;

    private const int LongestRing = 1024;
    private const int ShortestRing = 64;
    private const long ByteBudget = 16L << 20;

    private readonly byte* _memory;

    /// <summary>Initializes a new instance of the <see cref="StatisticsRing"/> class.</summary>
    /// <param name="memory">Zeroed memory of <see cref="BytesFor"/> bytes.</param>
    /// <param name="deviceAddress">The same memory as the device sees it.</param>
    /// <param name="tensors">The largest number of tensors that a slot must hold.</param>
    /// <param name="slots">How many slots there are.</param>
    public StatisticsRing(byte* memory, ulong deviceAddress, int tensors, int slots)
    {
        _memory = memory;
        DeviceAddress = deviceAddress;
        TensorCapacity = tensors;
        Slots = slots;
        SlotBytes = SlotBytesFor(tensors);
    }

    public ulong DeviceAddress { get; }

    public int TensorCapacity { get; }

    public int Slots { get; }

    public long SlotBytes { get; }

    public void* Memory => _memory;

    /// <summary>Gets the newest sequence that the device has published in this ring, 0 for none.</summary>
    public ulong Published => Volatile.Read(ref *(ulong*)_memory);

    /// <summary>How many slots a ring has: 1,024, or fewer, but not under 64, so that it stays within 16 MiB.</summary>
    public static int SlotsFor(int tensors) => (int)Math.Clamp(ByteBudget / SlotBytesFor(tensors), ShortestRing, LongestRing);

    public static long BytesFor(int tensors, int slots) => HeadBytes + (SlotBytesFor(tensors) * slots);

    /// <summary>Copies a step out of the ring.</summary>
    /// <param name="sequence">The step's sequence.</param>
    /// <param name="record">The step.</param>
    /// <param name="tensors">Room for its tensors; those beyond it are left out.</param>
    /// <returns>False when its slot does not hold the step, or not any longer.</returns>
    public bool TryCopy(ulong sequence, out StepRecord record, Span<TensorRecord> tensors)
    {
        byte* slot = _memory + HeadBytes + ((long)(sequence % (ulong)Slots) * SlotBytes);
        if (Volatile.Read(ref *(ulong*)slot) != sequence)
        {
            record = default;
            return false;
        }

        record = *(StepRecord*)slot;
        int count = (int)Math.Min(record.TensorCount, (uint)Math.Min(tensors.Length, TensorCapacity));
        new ReadOnlySpan<TensorRecord>(slot + sizeof(StepRecord), count).CopyTo(tensors);

        // The copies must not move past the second look at the sequence.
        Thread.MemoryBarrier();
        return Volatile.Read(ref *(ulong*)slot) == sequence;
    }

    private static long SlotBytesFor(int tensors) => sizeof(StepRecord) + ((long)sizeof(TensorRecord) * tensors);
}
