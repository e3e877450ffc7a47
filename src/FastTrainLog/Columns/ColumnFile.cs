using System.Buffers.Binary;
using FastTrainLog.Platform;

namespace FastTrainLog.Columns;

/// <summary>The layout of a file of lines that are stored as columns.</summary>
/// <remarks>
/// It begins with <see cref="Magic"/>, the number of bytes that the lines begin with (int32, up to <see cref="MostBeginning"/>), these bytes, and a checksum of all that. Blocks follow:
/// the bytes of the packed block, of its lines, and the number of its lines (int32 each), a checksum of the lines, the packed block, and a checksum of all that. The last block is an empty one, so that
/// a file that is cut off anywhere is noticed. A packed block is a byte that tells its <see cref="BlockForm"/>, and data compressed with Brotli. Numbers are little-endian; checksums
/// are CRC-32C. Blocks do not depend on each other.
/// </remarks>
internal static class ColumnFile
{
    /// <summary>What is added to the name of a file when its lines are stored as columns.</summary>
    public const string Extension = ".cols";

    /// <summary>The bytes of the lines at which the file begins, as they are, so that it can be identified without unpacking a block.</summary>
    public const int MostBeginning = 1024;

    /// <summary>The bytes before a packed block.</summary>
    public const int HeadBytes = 4 * sizeof(int);

    /// <summary>The bytes of a checksum.</summary>
    public const int ChecksumBytes = sizeof(uint);

    /// <summary>Gets the first bytes of a file; the last one is the version of the layout.</summary>
    public static ReadOnlySpan<byte> Magic => "FTLCOLS\x01"u8;

    /// <summary>Writes the checksum of what precedes it.</summary>
    public static void Seal(Span<byte> bytes) => BinaryPrimitives.WriteUInt32LittleEndian(bytes[^ChecksumBytes..], Crc32C.Of(bytes[..^ChecksumBytes]));

    /// <summary>Returns whether bytes end with the checksum of what precedes it.</summary>
    public static bool IsSealed(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[^ChecksumBytes..]) == Crc32C.Of(bytes[..^ChecksumBytes]);
}
