using System.Globalization;
using System.IO.Compression;
using System.Text;
using FastTrainLog.Encryption;
using FastTrainLog.Files;
using FastTrainLog.Formatting;

namespace FastTrainLog.Sinks;

/// <summary>The rest of a rotated file of JSON lines whose other records were deleted: the lasting records, after one with the number of the missing ones.</summary>
/// <remarks>
/// It is compressed and has the number of the newest file merged into it. The rests of several files follow each other as
/// members of one compressed file, so that adding one copies the previous ones byte by byte: a file with which another one begins is contained in that one.
/// </remarks>
internal static class ReducedFile
{
    private const int PieceBytes = 256 * 1024;
    private const int MostOfFirstLine = 1024;

    private static ReadOnlySpan<byte> Mark => "\"event\":\"RecordsLeftOut\""u8;

    /// <summary>Opens a rotated file.</summary>
    public static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>Opens a reduced file; null if it is not one, or does not exist.</summary>
    public static FileStream? TryOpenReduced(string path)
    {
        FileStream? file = TryOpen(path);
        if (file is not null && !Is(file))
        {
            file.Dispose();
            return null;
        }

        return file;
    }

    /// <summary>Returns whether a file is a reduced one.</summary>
    public static bool Is(FileStream file)
    {
        Stream content = BackupEncoding.Decompress(file, file.Name, leaveOpen: true);
        try
        {
            return Is(content);
        }
        catch (InvalidDataException)
        {
            return false;
        }
        finally
        {
            file.Position = 0;
        }
    }

    /// <summary>Returns whether a file is a reduced one; false if it does not exist.</summary>
    public static bool Is(string path)
    {
        using FileStream? file = TryOpenReduced(path);
        return file is not null;
    }

    /// <summary>Returns whether a file is a reduced one.</summary>
    /// <param name="content">Its lines, from the first on.</param>
    public static bool Is(Stream content)
    {
        byte[] first = new byte[MostOfFirstLine];
        int read = content.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
        ReadOnlySpan<byte> line = first.AsSpan(0, read);
        int end = line.IndexOf((byte)'\n');
        return (end < 0 ? line : line[..end]).IndexOf(Mark) >= 0;
    }

    /// <summary>Returns whether a file begins with all of another one, both without their encryption.</summary>
    public static bool Begins(string path, string with)
    {
        using FileStream? wholeFile = TryOpen(path);
        using FileStream? partFile = TryOpen(with);
        if (wholeFile is null || partFile is null)
        {
            return false;
        }

        try
        {
            using Stream whole = EncryptedFile.ContentOf(wholeFile);
            using Stream part = EncryptedFile.ContentOf(partFile);
            return Begins(whole, part);
        }
        catch (InvalidDataException)
        {
            // Nothing is known of a file whose key is missing.
            return false;
        }
    }

    private static bool Begins(Stream whole, Stream part)
    {
        if (part.Length == 0 || part.Length > whole.Length)
        {
            return false;
        }

        byte[] expected = new byte[PieceBytes];
        byte[] found = new byte[PieceBytes];
        int read;
        while ((read = part.Read(expected)) > 0)
        {
            if (whole.ReadAtLeast(found.AsSpan(0, read), read, throwOnEndOfStream: false) < read || !found.AsSpan(0, read).SequenceEqual(expected.AsSpan(0, read)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Writes the rest of a file.</summary>
    /// <param name="file">The file, plain or compressed, at its beginning.</param>
    /// <param name="target">The target.</param>
    /// <param name="isStopping">Whether to stop.</param>
    /// <returns>Whether all of it was written.</returns>
    public static bool Write(FileStream file, Stream target, Func<bool> isStopping)
    {
        if (Is(file))
        {
            EncryptedFile.ContentOf(file, leaveOpen: true).CopyTo(target);
            return true;
        }

        long records = 0;
        long bytes = 0;
        string? time = null;
        bool isWhole = ReadLines(file, isStopping, line =>
        {
            time ??= TimeOf(line);
            if (!LastingRecords.Holds(line))
            {
                records++;
                bytes += line.Length;
            }
        });
        if (!isWhole)
        {
            return false;
        }

        using var gzip = new GZipStream(target, CompressionLevel.Optimal, leaveOpen: true);
        gzip.Write(Encoding.UTF8.GetBytes(NoteOf(records, bytes, time ?? DateTime.UnixEpoch.ToString("O", CultureInfo.InvariantCulture))));
        return ReadLines(file, isStopping, line =>
        {
            if (LastingRecords.Holds(line))
            {
                gzip.Write(line);
                gzip.Write("\n"u8);
            }
        });
    }

    private static string NoteOf(long records, long bytes, string time) => string.Create(
        CultureInfo.InvariantCulture,
        $$$"""
        {"timestamp":"{{{time}}}","level":"INFO","logger":"system","thread":0,"event_id":{{{BackupMessages.RecordsLeftOut}}},"event":"RecordsLeftOut","message":"{{{records}}} records of {{{bytes}}} bytes are left out here, because rotated files had come to TrainLogOptions.MaxTotalBackupSize","properties":{"Records":{{{records}}},"Bytes":{{{bytes}}}}}

        """);

    private static string? TimeOf(ReadOnlySpan<byte> line) => LineTime.TryRead(line, TimeZoneInfo.Utc, out long utc) ? new DateTime(utc, DateTimeKind.Utc).ToString("O", CultureInfo.InvariantCulture) : null;

    private static bool ReadLines(FileStream file, Func<bool> isStopping, LineAction take)
    {
        file.Position = 0;
        Stream content = BackupEncoding.Decompress(file, file.Name, leaveOpen: true);
        byte[] buffer = new byte[PieceBytes];
        int filled = 0;
        int read;
        while ((read = content.Read(buffer, filled, buffer.Length - filled)) > 0)
        {
            if (isStopping())
            {
                return false;
            }

            int start = 0;
            int searched = filled;
            filled += read;
            for (int feed; (feed = buffer.AsSpan(searched, filled - searched).IndexOf((byte)'\n')) >= 0; searched = start)
            {
                int end = searched + feed;
                take(buffer.AsSpan(start, end - start));
                start = end + 1;
            }

            buffer.AsSpan(start, filled - start).CopyTo(buffer);
            filled -= start;
            if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, 2 * buffer.Length);
            }
        }

        if (filled > 0)
        {
            take(buffer.AsSpan(0, filled));
        }

        return true;
    }

    private static FileStream? TryOpen(string path)
    {
        try
        {
            return Open(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
