using System.Runtime.InteropServices;
using FastTrainLog.Platform;
using FastTrainLog.Frontend;

namespace FastTrainLog.Journals;

/// <summary>The last complete checkpoint of a journal that a process left behind: which part of it is in the files.</summary>
internal sealed class Checkpoint
{
    /// <summary>Where in a slot the number of its pages is.</summary>
    public const int PagesAt = 48;
    private const int CheckAt = 56;

    private readonly Dictionary<(int Page, int Buffer, long Sequence), uint> _consumed = [];

    private Checkpoint(byte[] content)
    {
        ReadOnlySpan<byte> at = content;
        Number = MemoryMarshal.Read<ulong>(at);
        Clock = new TickConverter(at[8..]);
        Run = MemoryMarshal.Read<int>(at[60..]);
        Step = MemoryMarshal.Read<long>(at[64..]);
        at = at[JournalLayout.SlotHeaderBytes..];
        for (int i = 0; i < PagesIn(content); i++, at = at[JournalLayout.PageEntryBytes..])
        {
            var key = (MemoryMarshal.Read<int>(at), MemoryMarshal.Read<int>(at[4..]), MemoryMarshal.Read<long>(at[8..]));
            uint consumed = MemoryMarshal.Read<uint>(at[16..]);
            _consumed[key] = consumed;
        }

        for (int i = 0; i < FilesIn(content); i++, at = at[JournalLayout.FileEntryBytes..])
        {
            Files.Add(CheckpointedFile.Read(at));
        }
    }

    /// <summary>Gets the number of the checkpoint.</summary>
    public ulong Number { get; }

    /// <summary>Gets the clock's calibration.</summary>
    public TickConverter Clock { get; }

    /// <summary>Gets the number of the run whose step it knows; <see cref="Journal.NoRun"/> for none.</summary>
    public int Run { get; }

    /// <summary>Gets the last step of the run.</summary>
    public long Step { get; }

    /// <summary>Gets the state of each file.</summary>
    public List<CheckpointedFile> Files { get; } = [];

    /// <summary>Reads the last complete one; null if there is none.</summary>
    /// <param name="layout">Where things are.</param>
    /// <param name="front">The journal's bytes up to its pages.</param>
    /// <param name="problems">What is wrong.</param>
    public static Checkpoint? Read(JournalLayout layout, ReadOnlySpan<byte> front, List<string> problems)
    {
        Checkpoint? best = null;
        bool anyWritten = false;
        for (int i = 0; i < 2 && layout.SlotAt(i) + layout.SlotBytes <= front.Length; i++)
        {
            byte[] slot = front.Slice((int)layout.SlotAt(i), layout.SlotBytes).ToArray();
            ulong number = MemoryMarshal.Read<ulong>(slot);
            anyWritten |= number != 0;
            if (number > (best?.Number ?? 0) && IsWhole(slot))
            {
                best = new Checkpoint(slot);
            }
        }

        if (best is null && anyWritten)
        {
            problems.Add("both checkpoints are damaged; lines that are in the files already may appear twice");
        }

        if (best is not null && best.Files.Exists(file => file.Length < 0))
        {
            problems.Add("the checkpoint has a negative length for a file; lines that are in the files already may appear twice");
            return null;
        }

        return best;
    }

    /// <summary>Returns how far a page is consumed, in bytes from its first record.</summary>
    public uint ConsumedOf(int page, int buffer, long sequence) => _consumed.GetValueOrDefault((page, buffer, sequence));

    /// <summary>Writes the checksum of a complete checkpoint.</summary>
    public static void Seal(Span<byte> slot)
    {
        // Computed with its own field zero.
        MemoryMarshal.Write(slot[CheckAt..], 0U);
        MemoryMarshal.Write(slot[CheckAt..], Crc32C.Of(slot));
    }

    private static bool IsWhole(Span<byte> slot)
    {
        if (PagesIn(slot) < 0 || FilesIn(slot) < 0 || LengthOf(slot) > slot.Length)
        {
            return false;
        }

        uint check = MemoryMarshal.Read<uint>(slot[CheckAt..]);
        MemoryMarshal.Write(slot[CheckAt..], 0U);
        return Crc32C.Of(slot[..(int)LengthOf(slot)]) == check;
    }

    private static int PagesIn(ReadOnlySpan<byte> slot) => MemoryMarshal.Read<int>(slot[PagesAt..]);

    private static int FilesIn(ReadOnlySpan<byte> slot) => MemoryMarshal.Read<int>(slot[52..]);

    private static long LengthOf(ReadOnlySpan<byte> slot) =>
        JournalLayout.SlotHeaderBytes + ((long)PagesIn(slot) * JournalLayout.PageEntryBytes) + ((long)FilesIn(slot) * JournalLayout.FileEntryBytes);
}
