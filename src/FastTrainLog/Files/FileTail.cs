using FastTrainLog.Platform;

namespace FastTrainLog.Files;

/// <summary>The last bytes of a file: lines that contain times, so that no other file ends in the same bytes by chance.</summary>
/// <param name="Bytes">The number of these bytes; 0 for none.</param>
/// <param name="Check">Their checksum.</param>
internal readonly record struct FileTail(int Bytes, uint Check)
{
    /// <summary>The bytes that are compared, of those that exist. So many that the time of a long last line is among them: where the same is logged again, only that differs.</summary>
    public const int MostBytes = 4096;

    /// <summary>Returns the tail of some bytes.</summary>
    public static FileTail Of(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> last = bytes[Math.Max(0, bytes.Length - MostBytes)..];
        return new FileTail(last.Length, Crc32C.Of(last));
    }
}
