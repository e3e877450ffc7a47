using FastTrainLog.Files;
using FastTrainLog.Sinks;
using Microsoft.Win32.SafeHandles;

namespace FastTrainLog.Recovery;

/// <summary>Examines the content of a log file, plain or compressed, without changing it.</summary>
internal static class LogFileContent
{
    private const int PieceBytes = 64 * 1024;

    /// <summary>Opens a file to read it; null if it is not a file.</summary>
    public static Stream? TryOpen(OpenDirectory directory, string name)
    {
        try
        {
            SafeFileHandle file = directory.OpenFile(name, FileAccess.Read, followLink: true);
            var plain = new FileStream(file, FileAccess.Read, bufferSize: 0);
            return BackupEncoding.Decompress(plain, name);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Opens a file to read it, or the compressed one in its place; null if there is neither.</summary>
    public static Stream? TryOpenRotated(OpenDirectory directory, string name) =>
        BackupEncoding.Extensions.Select(extension => TryOpen(directory, name + extension)).FirstOrDefault(content => content is not null);

    /// <summary>Returns whether the bytes of a file up to a length have a given tail.</summary>
    public static bool EndsWith(Stream content, long length, FileTail tail)
    {
        if (tail.Bytes == 0 || length < tail.Bytes || !TrySkip(content, length - tail.Bytes))
        {
            return false;
        }

        byte[] last = new byte[tail.Bytes];
        return content.ReadAtLeast(last, last.Length, throwOnEndOfStream: false) == last.Length && FileTail.Of(last) == tail;
    }

    /// <summary>Reads the lines of a part of a file; what follows the last end of a line is none.</summary>
    /// <param name="content">The file, from its start on.</param>
    /// <param name="from">Where the part begins; it ends with the file.</param>
    /// <param name="line">Takes a line, without its end.</param>
    public static void ReadLines(Stream content, long from, LineAction line)
    {
        if (!TrySkip(content, from))
        {
            return;
        }

        byte[] buffer = new byte[PieceBytes];
        int kept = 0;
        for (int read; (read = content.Read(buffer, kept, buffer.Length - kept)) > 0;)
        {
            ReadOnlySpan<byte> unread = buffer.AsSpan(0, kept + read);
            for (int end; (end = unread.IndexOf((byte)'\n')) >= 0; unread = unread[(end + 1)..])
            {
                line(unread[..end]);
            }

            kept = unread.Length;
            unread.CopyTo(buffer);
            if (kept == buffer.Length)
            {
                Array.Resize(ref buffer, 2 * buffer.Length);
            }
        }
    }

    private static bool TrySkip(Stream content, long bytes)
    {
        if (content.CanSeek)
        {
            content.Position = bytes;
            return true;
        }

        byte[] piece = new byte[PieceBytes];
        while (bytes > 0)
        {
            int read = content.Read(piece, 0, (int)Math.Min(piece.Length, bytes));
            if (read == 0)
            {
                return false;
            }

            bytes -= read;
        }

        return true;
    }
}
