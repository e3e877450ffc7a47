using System.Runtime.CompilerServices;
using FastTrainLog.Records;

namespace FastTrainLog.Frontend;

/// <summary>A fixed piece of page memory that one thread at a time fills with records.</summary>
internal sealed unsafe class Page(PagePool pool, byte* start, int index)
{
    public const int Size = 64 * 1024;
    public const int HeaderSize = 64;

    // The header, for a recovery after a crash.
    public const int StateAt = 0;
    public const int BufferAt = 4;
    public const int ThreadAt = 8;
    public const int SequenceAt = 16;
    public const uint InUse = 0x45474150;

    /// <summary>The largest record: a page less its header and the word behind the last record.</summary>
    public const int MaxRecordSize = Size - HeaderSize - sizeof(ulong);

    /// <summary>Gets the pool that the page goes back to.</summary>
    public PagePool Pool { get; } = pool;

    /// <summary>Gets the page's place in the pool's memory.</summary>
    public int Index { get; } = index;

    /// <summary>Gets the thread buffer that fills or filled the page.</summary>
    public ThreadBuffer? Owner { get; private set; }

    /// <summary>Gets the page's place among those of its thread buffer.</summary>
    public long Sequence { get; private set; }

    public byte* First => start + HeaderSize;

    /// <summary>Gets the end of what records may fill; the word behind the last record still fits behind it.</summary>
    public byte* Limit => start + Size - sizeof(ulong);

    public void Open(ThreadBuffer owner, long sequence)
    {
        Owner = owner;
        Sequence = sequence;
        Unsafe.WriteUnaligned(First, 0UL);
        *(int*)(start + BufferAt) = owner.Id;
        *(int*)(start + ThreadAt) = owner.ThreadId;
        *(long*)(start + SequenceAt) = sequence;
        // Last: from here on a recovery reads the page.
        Volatile.Write(ref *(uint*)(start + StateAt), InUse);
    }

    /// <summary>Says, in the page itself, that what it holds is in the files.</summary>
    public void MarkFree() => Volatile.Write(ref *(uint*)(start + StateAt), 0);

    /// <summary>Marks the end of the records, so that a reader knows that no more will come.</summary>
    public static void Seal(byte* end) => Volatile.Write(ref Unsafe.AsRef<ulong>(end), RecordLayout.EndOfPage);
}
