using System.Runtime.InteropServices;
using FastTrainLog.Platform;
using FastTrainLog.Frontend;
using FastTrainLog.Records;

namespace FastTrainLog.Journals;

/// <summary>Collects the content of a checkpoint: how far pages are consumed, and how long the files are.</summary>
internal ref struct CheckpointWriter(byte[] slot)
{
    /// <summary>The offset of a page that is consumed to its end.</summary>
    public const uint WholePage = uint.MaxValue;

    private readonly Span<byte> _slot = slot;
    private int _length = JournalLayout.SlotHeaderBytes;
    private int _pages;
    private int _files;

    /// <summary>Notes that the records of a page up to an offset from its first one are in the files. Pages come before files.</summary>
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

    /// <summary>Notes the state of a file. Files come in the order of their numbers.</summary>
    public void AddFile(CheckpointedFile state)
    {
        state.Write(_slot.Slice(_length, JournalLayout.FileEntryBytes));
        _length += JournalLayout.FileEntryBytes;
        _files++;
    }

    /// <summary>Notes the last step of a run.</summary>
    public readonly void SetStep(RunContext? run)
    {
        MemoryMarshal.Write(_slot[60..], run?.LatestStep is null ? Journal.NoRun : run.Number);
        MemoryMarshal.Write(_slot[64..], run?.LatestStep ?? 0);
    }

    public readonly ReadOnlySpan<byte> Finish(ulong number, TickConverter clock)
    {
        MemoryMarshal.Write(_slot, number);
        clock.Save(_slot[8..]);
        MemoryMarshal.Write(_slot[Checkpoint.PagesAt..], _pages);
        MemoryMarshal.Write(_slot[52..], _files);
        Checkpoint.Seal(_slot[.._length]);
        return _slot[.._length];
    }
}
