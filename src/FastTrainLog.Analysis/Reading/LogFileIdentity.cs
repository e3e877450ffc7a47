using System.IO.Compression;
using System.IO.Hashing;

namespace FastTrainLog.Reading;

/// <summary>Identifies a log file by its first line, or the first KiB of a longer one: a rotation renames it, a compression creates another one, and a file system reuses the number of a deleted file.</summary>
internal static class LogFileIdentity
{
    private const int MostBeginning = 1024;

    /// <summary>Returns the identity of a file.</summary>
    /// <returns>The identity; null if it has no complete line yet.</returns>
    public static ulong? Of(LineReader reader)
    {
        byte[] beginning = reader.Beginning();
        if (reader.File.IsCompressed)
        {
            beginning = Decompress(beginning);
        }

        int end = beginning.AsSpan().IndexOf((byte)'\n');
        return end < 0 && beginning.Length < MostBeginning ? null : XxHash3.HashToUInt64(beginning.AsSpan(0, end < 0 ? MostBeginning : end));
    }

    private static byte[] Decompress(byte[] beginning)
    {
        byte[] bytes = new byte[MostBeginning];
        int count = 0;
        try
        {
            using var stream = new GZipStream(new MemoryStream(beginning), CompressionMode.Decompress);
            int read;
            while (count < bytes.Length && (read = stream.Read(bytes, count, bytes.Length - count)) > 0)
            {
                count += read;
            }
        }
        catch (InvalidDataException)
        {
            // The stream gets only the beginning of the file, so its end is missing.
        }

        return bytes[..count];
    }
}
