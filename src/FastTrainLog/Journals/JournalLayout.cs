using System.Numerics;
using System.Runtime.InteropServices;
using FastTrainLog.Frontend;

namespace FastTrainLog.Journals;

/// <summary>Where things stand in a journal file.</summary>
/// <remarks>
/// A header, two checkpoint slots that are written in turn, what became of files since, the descriptions of loggers, call sites and
/// files, and then the pages. Whatever is read back after a crash carries a CRC-32C; only the records do not, since a call
/// cannot afford one: a record counts as soon as its first word is there.
/// </remarks>
internal readonly struct JournalLayout(int pages)
{
    public const ulong Magic = 0x4C4E524A4C5446; // "FTLJRNL" in ASCII
    public const uint Version = 2;
    public const int HeaderBytes = 4096;
    public const int MaxDirectoryBytes = 3072;
    public const int MaxFiles = 256;
    public const int DescriptionBytes = 4 * 1024 * 1024;

    // Offsets in the header.
    public const int VersionAt = 8;
    public const int PagesAt = 12;
    public const int ProcessAt = 16;
    public const int CreatedAt = 24;
    public const int ClockAt = 32;
    public const int DirectoryAt = 64;
    public const int HeaderCheckAt = HeaderBytes - sizeof(uint);

    // Sizes in a checkpoint slot.
    public const int SlotHeaderBytes = 64;
    public const int PageEntryBytes = 24;
    public const int FileEntryBytes = 16;
    public const int FileChangesBytes = 24;

    public int Pages { get; } = pages;

    public int SlotBytes => Align(SlotHeaderBytes + (Pages * PageEntryBytes) + (MaxFiles * FileEntryBytes));

    public long FileChangesAt => HeaderBytes + (2L * SlotBytes);

    public long DescriptionsAt => FileChangesAt + Align(MaxFiles * FileChangesBytes);

    public long PagesStart => DescriptionsAt + DescriptionBytes;

    public long TotalBytes => PagesStart + ((long)Pages * Page.Size);

    public long SlotAt(int slot) => HeaderBytes + ((long)slot * SlotBytes);

    /// <summary>Computes the CRC-32C (RFC 3720, Castagnoli) of bytes.</summary>
    public static uint Check(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
        {
            crc = BitOperations.Crc32C(crc, word);
        }

        foreach (byte b in bytes[(words.Length * sizeof(ulong))..])
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return ~crc;
    }

    private static int Align(int size) => (size + 4095) & ~4095;
}
