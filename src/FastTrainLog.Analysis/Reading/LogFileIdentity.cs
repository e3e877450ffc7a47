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
            beginning = CompressedFile.BeginningOf(reader.File.Path, beginning, MostBeginning);
        }

        ReadOnlySpan<byte> first = beginning.AsSpan(0, Math.Min(beginning.Length, MostBeginning));
        int end = first.IndexOf((byte)'\n');
        return end < 0 && first.Length < MostBeginning ? null : XxHash3.HashToUInt64(end < 0 ? first : first[..end]);
    }
}
