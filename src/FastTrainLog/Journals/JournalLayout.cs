using System.Numerics;
using System.Runtime.InteropServices;
using FastTrainLog.Files;
using FastTrainLog.Frontend;

namespace FastTrainLog.Journals;

/// <summary>Where things are in a journal file.</summary>
/// <remarks>
/// A header, two checkpoint slots that are written in turn, what happened to files since, how many records were dropped, the descriptions of
/// loggers, call sites and files, and then the pages. Whatever is read back after a crash carries a CRC-32C; only what calls write does not,
/// since they cannot afford one: a record is valid as soon as its first word is stored.
/// </remarks>
internal readonly record struct JournalLayout(int Pages, int Files)
{
    public const ulong Magic = 0x4C4E524A4C5446; // "FTLJRNL" in ASCII
    public const uint Version = 6;
    public const int HeaderBytes = 4096;
    public const int DescriptionBytes = 4 * 1024 * 1024;

    /// <summary>The most pages that options can ask for, <see cref="TrainLogOptions.MaxBufferBytes"/> at its greatest, and those of the backend.</summary>
    public const int MostPages = (1 << 18) + LogPipeline.OwnPages;

    /// <summary>The most files of a log.</summary>
    public const int MostFiles = 1 << 12;

    // Sizes in a checkpoint slot.
    public const int SlotHeaderBytes = 80;
    public const int PageEntryBytes = 24;
    public const int FileEntryBytes = 40;

    public int SlotBytes => Align(SlotHeaderBytes + (Pages * PageEntryBytes) + (Files * FileEntryBytes));

    public long FileChangesAt => HeaderBytes + (2L * SlotBytes);

    public long DropsAt => FileChangesAt + Align(Files * FileChanges.Bytes);

    public long DescriptionsAt => DropsAt + (DropRows.MostRows * DropRows.RowBytes);

    public long PagesStart => DescriptionsAt + DescriptionBytes;

    public long TotalBytes => PageAt(Pages);

    /// <summary>Gets whether a log can have these numbers.</summary>
    public bool IsPossible => Pages is > 0 and <= MostPages && Files is >= 0 and <= MostFiles;

    public long SlotAt(int slot) => HeaderBytes + ((long)slot * SlotBytes);

    public long PageAt(int page) => PagesStart + ((long)page * Page.Size);

    public long ChangesAt(int file) => FileChangesAt + ((long)file * FileChanges.Bytes);

    private static int Align(int size) => (size + 4095) & ~4095;
}
