using System.IO.Compression;
using FastTrainLog.Columns;
using FastTrainLog.Encryption;

namespace FastTrainLog.Sinks;

/// <summary>How the names of rotated files tell whether they are compressed, and how they are read and written.</summary>
internal static class BackupEncoding
{
    public const string GzipExtension = ".gz";

    /// <summary>
    /// Gets the ends of the names of one rotated file. Where a kill left several, all are complete; from the left to the right a file is replaced by the next one, which may hold less: the lasting records alone.
    /// </summary>
    public static IReadOnlyList<string> Extensions { get; } = [string.Empty, ColumnFile.Extension, GzipExtension];

    /// <summary>Returns which of several files of one rotated file is read, by its name: the one with the lowest rank.</summary>
    public static int RankOf(string name) => Enumerable.Range(0, Extensions.Count).Last(rank => name.EndsWith(Extensions[rank], StringComparison.Ordinal));

    /// <summary>Finds what a rotated file that no longer exists was compressed or reduced to; null if nothing.</summary>
    public static string? FindReplacement(string path)
    {
        string plain = WithoutExtension(path);
        return Extensions.Skip(RankOf(path) + 1).Select(extension => plain + extension).FirstOrDefault(File.Exists);
    }

    /// <summary>Returns the end of the names of files in a format.</summary>
    public static string ExtensionOf(BackupFormat format) => format == BackupFormat.Columns ? ColumnFile.Extension : GzipExtension;

    /// <summary>Returns a file's name without the end that tells that it is compressed.</summary>
    public static string WithoutExtension(string name) => name[..^Extensions[RankOf(name)].Length];

    /// <summary>Returns a stream that compresses what is written to it; the target stays open.</summary>
    public static Stream Compress(Stream target, BackupFormat format) => format == BackupFormat.Columns
        ? new ColumnFileWriter(target)
        // The fastest level: training needs the processor, and similar lines compress well at any level.
        : new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true);

    /// <summary>Returns the content of a file, decrypted if it is encrypted, and decompressed if its name says that it is compressed.</summary>
    /// <param name="file">The file, at its beginning.</param>
    /// <param name="name">Its name.</param>
    /// <param name="leaveOpen">Whether it stays open when the content is disposed of.</param>
    public static Stream Decompress(FileStream file, string name, bool leaveOpen = false)
    {
        Stream content = EncryptedFile.ContentOf(file, leaveOpen);
        bool staysOpen = leaveOpen && content == file;
        return name.EndsWith(GzipExtension, StringComparison.Ordinal) ? new GZipStream(content, CompressionMode.Decompress, staysOpen)
            : name.EndsWith(ColumnFile.Extension, StringComparison.Ordinal) ? new ColumnFileReader(content, staysOpen)
            : content;
    }
}
