namespace FastTrainLog.Gradients.Cuda;

/// <summary>A ring as <see cref="StatisticsRing"/>, for histograms: a slot is the histogram's number, counted from 1, and the counts of each tensor's bins.</summary>
internal sealed unsafe class HistogramRing
{
    private const int LongestRing = 64;
    private const int ShortestRing = 8;
    private const long ByteBudget = 16L << 20;

    private readonly byte* _memory;

    /// <summary>Initializes a new instance of the <see cref="HistogramRing"/> class.</summary>
    /// <param name="memory">Zeroed memory of <see cref="BytesFor"/> bytes.</param>
    /// <param name="deviceAddress">The same memory as the device sees it.</param>
    /// <param name="tensors">The largest number of tensors that a slot must hold.</param>
    /// <param name="slots">How many slots there are.</param>
    public HistogramRing(byte* memory, ulong deviceAddress, int tensors, int slots)
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

    /// <summary>Gets the number of the newest histogram that the device has published in this ring, 0 for none.</summary>
    public ulong Published => Volatile.Read(ref *(ulong*)_memory);

    /// <summary>How many slots a ring has: 64, or fewer, but not under 8, so that it stays within 16 MiB.</summary>
    public static int SlotsFor(int tensors) => (int)Math.Clamp(ByteBudget / SlotBytesFor(tensors), ShortestRing, LongestRing);

    public static long BytesFor(int tensors, int slots) => StatisticsRing.HeadBytes + (SlotBytesFor(tensors) * slots);

    /// <summary>Copies a histogram out of the ring.</summary>
    /// <param name="number">The histogram's number.</param>
    /// <param name="counts">Room for its counts.</param>
    /// <returns>False when its slot does not hold it, or not any longer.</returns>
    public bool TryCopy(ulong number, Span<long> counts)
    {
        byte* slot = _memory + StatisticsRing.HeadBytes + ((long)(number % (ulong)Slots) * SlotBytes);
        if (counts.Length > TensorCapacity * GradientHistogram.Bins || Volatile.Read(ref *(ulong*)slot) != number)
        {
            return false;
        }

        new ReadOnlySpan<long>(slot + sizeof(ulong), counts.Length).CopyTo(counts);

        // The copies must not move past the second look at the number.
        Thread.MemoryBarrier();
        return Volatile.Read(ref *(ulong*)slot) == number;
    }

    private static long SlotBytesFor(int tensors) => sizeof(ulong) + ((long)sizeof(long) * GradientHistogram.Bins * tensors);
}
