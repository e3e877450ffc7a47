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

    /// <summary>The largest record of a page of one piece: less its header and the word after the last record.</summary>
    public const int MaxRecordSize = Size - HeaderSize - sizeof(ulong);

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

    public byte* First => start + HeaderSize;

    /// <summary>Gets the end of what records may fill; the word after the last record still fits after it.</summary>
    public byte* Limit => start + (Pieces * Size) - sizeof(ulong);

    public void Open(ThreadBuffer owner, long sequence)
    {
        Owner = owner;
        Sequence = sequence;
        Unsafe.WriteUnaligned(First, 0UL);
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

    /// <summary>Marks the end of the records, so that a reader knows that no more will come.</summary>
    public static void Seal(byte* end) => Volatile.Write(ref Unsafe.AsRef<ulong>(end), RecordLayout.EndOfPage);
}
