using System.IO.Hashing;

namespace FastTrainLog.Reading;

/// <summary>Identifies a log file by its first line, or the first KiB of a longer one: a rotation renames it, a compression creates another one, and a file system reuses the number of a deleted file.</summary>
internal static class LogFileIdentity
{
    private const int MostBeginning = 1024;

    /// <summary>Returns the identity of a file.</summary>
    /// <returns>The identity; null if it has no complete line yet. A compressed file whose lines cannot be read is identified by its own bytes, so that it is told once.</returns>
    public static ulong? Of(LineReader reader)
    {
        byte[] beginning = reader.Beginning();
        LogFile file = reader.File;
        byte[] lines = file.IsCompressed ? CompressedFile.BeginningOf(file.Path, beginning, MostBeginning) : beginning;
        if (OfLines(lines) is { } identity)
        {
            return identity;
        }

        // One line without a line feed is all that there is: it stays as it is in a rotated file, and if it is a record.
        bool isSettled = lines.Length > 0 && (file.Backup > 0 || new RecordTable().Read(LineReader.WithoutMarks(lines)) is null);
        return isSettled ? XxHash3.HashToUInt64(lines) : file.IsCompressed ? XxHash3.HashToUInt64(beginning) : null;
    }

    /// <summary>Returns the identity of a file.</summary>
    /// <param name="beginning">The first bytes of its lines, 1,024 or more if it has that many.</param>
    public static ulong? OfLines(ReadOnlySpan<byte> beginning)
    {
        ReadOnlySpan<byte> first = beginning[..Math.Min(beginning.Length, MostBeginning)];
        int end = first.IndexOf((byte)'\n');
        return end < 0 && first.Length < MostBeginning ? null : XxHash3.HashToUInt64(end < 0 ? first : first[..end]);
    }
}
