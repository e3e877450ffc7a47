using System.IO.Hashing;

namespace FastTrainLog.Reading;

/// <summary>Identifies a log file by its first line, or the first KiB of a longer one: a rotation renames it, a compression creates another one, and a file system reuses the number of a deleted file.</summary>
/// <remarks>Of the line's time only up to the millisecond: a recovery that writes the file anew converts it again from the processor's counter, and its last digits may differ.</remarks>
internal static class LogFileIdentity
{
    private const int MostBeginning = 1024;

    // 2026-11-24T06:00:00.123
    private const int MillisecondLength = 23;

    private static ReadOnlySpan<byte> TimeStart => "{\"timestamp\":\""u8;

    /// <summary>Returns the identity of a file.</summary>
    /// <returns>The identity; null if it has no complete line yet.</returns>
    public static ulong? Of(LineReader reader)
    {
        byte[] beginning = reader.Beginning();
        return OfLines(reader.File.IsCompressed ? CompressedFile.BeginningOf(reader.File.Path, beginning, MostBeginning) : beginning);
    }

    /// <summary>Returns the identity of a file.</summary>
    /// <param name="beginning">The first bytes of its lines, 1,024 or more if it has that many.</param>
    public static ulong? OfLines(ReadOnlySpan<byte> beginning)
    {
        ReadOnlySpan<byte> first = beginning[..Math.Min(beginning.Length, MostBeginning)];
        int end = first.IndexOf((byte)'\n');
        return end < 0 && first.Length < MostBeginning ? null : Of(end < 0 ? first : first[..end]);
    }

    private static ulong Of(ReadOnlySpan<byte> line)
    {
        int rest = line.IndexOf((byte)',');
        if (!line.StartsWith(TimeStart) || rest < TimeStart.Length + MillisecondLength)
        {
            return XxHash3.HashToUInt64(line);
        }

        var hash = new XxHash3();
        hash.Append(line[..(TimeStart.Length + MillisecondLength)]);
        hash.Append(line[rest..]);
        return hash.GetCurrentHashAsUInt64();
    }
}
