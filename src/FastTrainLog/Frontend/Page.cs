using System.Runtime.CompilerServices;
using FastTrainLog.Records;

namespace FastTrainLog.Frontend;

/// <summary>A fixed piece of page memory, or several consecutive ones for a large record, that one thread at a time fills with records.</summary>
internal sealed unsafe class Page(PagePool pool, byte* start, int index)
{
    public const int Size = 64 * 1024;
    public const int HeaderSize = 64;

    // The header, for a recovery after a crash.
    public const int StateAt = 0;
    public const int BufferAt = 4;
    public const int ThreadAt = 8;
    public const int PiecesAt = 12;
    public const int SequenceAt = 16;
    public const uint InUse = 0x45474150;

    /// <summary>The largest record of a page of one piece: less its header, the word after the last record, and the address of the page that follows.</summary>
    public const int MaxRecordSize = Size - HeaderSize - FooterSize;

    // The word after the last record, and where the page that follows is.
    private const int FooterSize = 2 * sizeof(ulong);
    private const int NextAfterLimit = sizeof(ulong);

    // In the place of that address when the thread has left the page.
    private const long Left = 1;

    /// <summary>The most pieces that a page for one large record has: a record's length has 16 bits, in units of 8 bytes.</summary>
    public const int MostPieces = 8;

    /// <summary>Gets the pool that the page is returned to.</summary>
    public PagePool Pool { get; } = pool;

    /// <summary>Gets the page's position in the pipeline's memory.</summary>
    public int Index { get; } = index;

    /// <summary>Gets or sets how many pieces of the pool's memory the page has: more than one for a record that is larger than that.</summary>
    public int Pieces { get; set; } = 1;

    /// <summary>Gets the thread buffer that fills or filled the page.</summary>
    public ThreadBuffer? Owner { get; private set; }

    /// <summary>Gets the page's position among those of its thread buffer.</summary>
    public long Sequence { get; private set; }

    /// <summary>Gets or sets the page that the backend has handed to the thread for when this one is full; only the backend uses it.</summary>
    public Page? Next { get; set; }

    public byte* First => start + HeaderSize;

    /// <summary>Gets the end of what records may fill; the word after the last record still fits after it.</summary>
    public byte* Limit => start + (Pieces * Size) - FooterSize;

    /// <summary>Returns whether a record's address is in the page.</summary>
    public bool Holds(byte* record) => (nuint)(record - start) < (nuint)(Pieces * Size);

    public void Open(ThreadBuffer owner, long sequence)
    {
        Owner = owner;
        Sequence = sequence;
        Unsafe.WriteUnaligned(First, 0UL);
        *(long*)(Limit + NextAfterLimit) = 0;
        *(int*)(start + BufferAt) = owner.Id;
        *(int*)(start + ThreadAt) = owner.ThreadId;
        *(int*)(start + PiecesAt) = Pieces;
        *(long*)(start + SequenceAt) = sequence;
        // Last: from here on a recovery reads the page.
        Volatile.Write(ref *(uint*)(start + StateAt), InUse);
    }

    /// <summary>Marks, in the page itself, that its content is in the files.</summary>
    public void MarkFree()
    {
        // The last piece first: record bytes in the others' headers must not be mistaken for a page.
        for (int piece = Pieces - 1; piece >= 0; piece--)
        {
            Volatile.Write(ref *(uint*)(start + (piece * Size) + StateAt), 0);
        }
    }

    /// <summary>Hands a page to the thread that fills this one: it goes on there without a call to the pool.</summary>
    /// <returns>False if the thread has left this page.</returns>
    public bool TryHand(Page next)
    {
        if (Interlocked.CompareExchange(ref *(long*)(Limit + NextAfterLimit), (nint)next.First, 0) != 0)
        {
            return false;
        }

        Next = next;
        return true;
    }

    /// <summary>Takes back the page that was handed to the thread for when this one is full.</summary>
    /// <returns>That page; null if there is none, or the thread is in it.</returns>
    public Page? TakeBackNext()
    {
        if (Next is not { } next || Interlocked.CompareExchange(ref *(long*)(Limit + NextAfterLimit), 0, (nint)next.First) != (nint)next.First)
        {
            return null;
        }

        Next = null;
        return next;
    }

    /// <summary>Leaves a page for good; called by its thread, before it seals the page.</summary>
    /// <param name="limit">The page's limit.</param>
    /// <returns>The first record of the page that the backend has handed to the thread; null if there is none.</returns>
    public static byte* Leave(byte* limit)
    {
        long next = Interlocked.Exchange(ref *(long*)(limit + NextAfterLimit), Left);
        return next == Left ? null : (byte*)next;
    }

    /// <summary>Returns the limit of a page of one piece.</summary>
    public static byte* LimitOf(byte* first) => first + MaxRecordSize;

    /// <summary>Marks the end of the records, so that a reader knows that no more will come.</summary>
    public static void Seal(byte* end) => Volatile.Write(ref Unsafe.AsRef<ulong>(end), RecordLayout.EndOfPage);
}
