using System.Runtime.InteropServices;
using System.Text;
using FastTrainLog.Platform;
using FastTrainLog.Files;

namespace FastTrainLog.Journals;

/// <summary>The header of a journal: which log it belongs to, and where its records belong.</summary>
/// <param name="Layout">The layout of the rest.</param>
/// <param name="ProcessId">The process that wrote it.</param>
/// <param name="Log">The log.</param>
/// <param name="Directory">The log directory, by the identity that is kept in it.</param>
/// <param name="DirectoryFile">Which file the directory is.</param>
/// <param name="Path">The path by which the log directory was opened; for users, and to distinguish a copy of a directory from it.</param>
/// <param name="Number">The number of the log among those of its directory; 0 if it has no files of its own.</param>
/// <param name="HasSymbols">Whether lines of text have symbols.</param>
/// <param name="HasTemplates">Whether JSON lines contain templates instead of messages.</param>
/// <param name="IsScrubbed">Whether something is masked in texts.</param>
/// <param name="Machine">Where the process ran.</param>
internal sealed record JournalHeader(
    JournalLayout Layout, int ProcessId, Guid Log, Guid Directory, FileIdentity DirectoryFile, string Path, int Number, bool HasSymbols, bool HasTemplates, bool IsScrubbed, Machine Machine)
{
    // Offsets. The version and the two fields before it are at the same place in every version.
    private const int VersionAt = 8;
    private const int PagesAt = 12;
    private const int ProcessAt = 16;
    private const int FilesAt = 20;
    private const int ClockAt = 24;
    private const int LogAt = 64;
    private const int DirectoryAt = 80;
    private const int DirectoryNumberAt = 96;
    private const int DirectoryBirthAt = 104;
    private const int NumberAt = 112;
    private const int SymbolsAt = 116;
    private const int TemplatesAt = 120;
    private const int ScrubbedAt = 124;
    private const int BootAt = 128;
    private const int HostAt = 192;
    private const int PathAt = 512;
    private const int CheckAt = JournalLayout.HeaderBytes - sizeof(uint);

    /// <summary>Returns a file's header.</summary>
    public byte[] ToBytes(TickConverter clock)
    {
        byte[] bytes = new byte[JournalLayout.HeaderBytes];
        Span<byte> at = bytes;
        MemoryMarshal.Write(at, JournalLayout.Magic);
        MemoryMarshal.Write(at[VersionAt..], JournalLayout.Version);
        MemoryMarshal.Write(at[PagesAt..], Layout.Pages);
        MemoryMarshal.Write(at[ProcessAt..], ProcessId);
        MemoryMarshal.Write(at[FilesAt..], Layout.Files);
        clock.Save(at[ClockAt..]);
        MemoryMarshal.Write(at[LogAt..], Log);
        MemoryMarshal.Write(at[DirectoryAt..], Directory);
        MemoryMarshal.Write(at[DirectoryNumberAt..], DirectoryFile.Number);
        MemoryMarshal.Write(at[DirectoryBirthAt..], DirectoryFile.Birth);
        MemoryMarshal.Write(at[NumberAt..], Number);
        MemoryMarshal.Write(at[SymbolsAt..], HasSymbols ? 1 : 0);
        MemoryMarshal.Write(at[TemplatesAt..], HasTemplates ? 1 : 0);
        MemoryMarshal.Write(at[ScrubbedAt..], IsScrubbed ? 1 : 0);
        WriteText(at[BootAt..HostAt], Machine.Boot);
        WriteText(at[HostAt..PathAt], Machine.Host);
        WriteText(at[PathAt..CheckAt], Path);
        MemoryMarshal.Write(at[CheckAt..], Crc32C.Of(at[..CheckAt]));
        return bytes;
    }

    /// <summary>Reads a file's header.</summary>
    /// <param name="bytes">The file's first bytes.</param>
    /// <param name="path">The file.</param>
    /// <param name="clock">The clock's calibration at the log's start.</param>
    /// <exception cref="InvalidDataException">It is not a journal of this version, or its header is damaged.</exception>
    public static JournalHeader Read(ReadOnlySpan<byte> bytes, string path, out TickConverter clock)
    {
        if (bytes.Length < JournalLayout.HeaderBytes)
        {
            throw new InvalidDataException($"{path} is not a complete journal: it has {bytes.Length} bytes, fewer than its header.");
        }

        if (MemoryMarshal.Read<ulong>(bytes) != JournalLayout.Magic)
        {
            throw new InvalidDataException($"{path} is not a journal: it does not begin like one.");
        }

        uint version = MemoryMarshal.Read<uint>(bytes[VersionAt..]);
        if (version != JournalLayout.Version)
        {
            throw new InvalidDataException(
                $"{path} is a journal of format {version}, and this FastTrainLog reads format {JournalLayout.Version}: recover it with the version of FastTrainLog that wrote it.");
        }

        if (MemoryMarshal.Read<uint>(bytes[CheckAt..]) != Crc32C.Of(bytes[..CheckAt]))
        {
            throw new InvalidDataException($"{path} has a damaged header: its checksum is wrong.");
        }

        var layout = new JournalLayout(MemoryMarshal.Read<int>(bytes[PagesAt..]), MemoryMarshal.Read<int>(bytes[FilesAt..]));
        if (!layout.IsPossible)
        {
            throw new InvalidDataException($"{path} has a header that no log writes: {layout.Pages} pages and {layout.Files} files.");
        }

        clock = new TickConverter(bytes[ClockAt..]);
        return new JournalHeader(
            layout,
            MemoryMarshal.Read<int>(bytes[ProcessAt..]),
            MemoryMarshal.Read<Guid>(bytes[LogAt..]),
            MemoryMarshal.Read<Guid>(bytes[DirectoryAt..]),
            new FileIdentity(MemoryMarshal.Read<ulong>(bytes[DirectoryNumberAt..]), MemoryMarshal.Read<long>(bytes[DirectoryBirthAt..])),
            ReadText(bytes[PathAt..CheckAt]),
            MemoryMarshal.Read<int>(bytes[NumberAt..]),
            MemoryMarshal.Read<int>(bytes[SymbolsAt..]) != 0,
            MemoryMarshal.Read<int>(bytes[TemplatesAt..]) != 0,
            MemoryMarshal.Read<int>(bytes[ScrubbedAt..]) != 0,
            new Machine(ReadText(bytes[HostAt..PathAt]), ReadText(bytes[BootAt..HostAt])));
    }

    private static void WriteText(Span<byte> place, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        int length = Math.Min(bytes.Length, place.Length - sizeof(int));
        MemoryMarshal.Write(place, length);
        bytes.AsSpan(0, length).CopyTo(place[sizeof(int)..]);
    }

    private static string ReadText(ReadOnlySpan<byte> place)
    {
        int length = Math.Clamp(MemoryMarshal.Read<int>(place), 0, place.Length - sizeof(int));
        return Encoding.UTF8.GetString(place.Slice(sizeof(int), length));
    }
}
