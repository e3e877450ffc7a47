using System.Runtime.InteropServices;
using FastTrainLog.Backend;
using FastTrainLog.Frontend;

namespace FastTrainLog.Journals;

/// <summary>Collects what a checkpoint says: how far pages are consumed, and how long the files are.</summary>
internal ref struct CheckpointWriter(byte[] slot)
{
    /// <summary>The offset of a page that is consumed to its end.</summary>
    public const uint WholePage = uint.MaxValue;

    private readonly Span<byte> _slot = slot;
    private int _length = JournalLayout.SlotHeaderBytes;
    private int _pages;
    private int _files;

    /// <summary>Says that the records of a page up to an offset from its first one are in the files. Pages come before files.</summary>
    public void AddPage(Page page, uint consumed)
    {
        Span<byte> entry = _slot.Slice(_length, JournalLayout.PageEntryBytes);
        MemoryMarshal.Write(entry, page.Index);
        MemoryMarshal.Write(entry[4..], page.Owner!.Id);
        MemoryMarshal.Write(entry[8..], page.Sequence);
        MemoryMarshal.Write(entry[16..], consumed);
        _length += JournalLayout.PageEntryBytes;
        _pages++;
    }

    /// <summary>Says how long a file is, how often it was rotated and how often made anew. Files come in the order of their numbers.</summary>
    public void AddFile(long length, uint rotations, uint replacements)
    {
        Span<byte> entry = _slot.Slice(_length, JournalLayout.FileEntryBytes);
        MemoryMarshal.Write(entry, length);
        MemoryMarshal.Write(entry[8..], rotations);
        MemoryMarshal.Write(entry[12..], replacements);
        _length += JournalLayout.FileEntryBytes;
        _files++;
    }

    /// <summary>Says which step a run has come to.</summary>
    public readonly void SetStep(RunContext? run)
    {
        MemoryMarshal.Write(_slot[44..], run?.LatestStep is null ? Journal.NoRun : run.Number);
        MemoryMarshal.Write(_slot[48..], run?.LatestStep ?? 0);
    }

    public readonly ReadOnlySpan<byte> Finish(ulong number, TickConverter clock)
    {
        MemoryMarshal.Write(_slot, number);
        clock.Save(_slot[8..]);
        MemoryMarshal.Write(_slot[32..], _pages);
        MemoryMarshal.Write(_slot[36..], _files);
        MemoryMarshal.Write(_slot[40..], 0U);
        MemoryMarshal.Write(_slot[40..], JournalLayout.Check(_slot[.._length]));
        return _slot[.._length];
    }
}
