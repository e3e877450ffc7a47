using System.Numerics;
using System.Runtime.InteropServices;

namespace FastTrainLog.Platform;

/// <summary>The checksum CRC-32C (RFC 3720, Castagnoli).</summary>
internal static class Crc32C
{
    /// <summary>Computes it of bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
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
}
