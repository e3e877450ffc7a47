using FastTrainLog.Formatting;
using Microsoft.Win32.SafeHandles;

namespace FastTrainLog.Sinks;

/// <summary>Reads the end of a log file.</summary>
internal static class FileEnd
{
    // The size of the part that is searched for the last line.
    private const int TailBytes = 64 * 1024;

    /// <summary>Returns whether the file ends with the end of a line, or cannot be read.</summary>
    public static bool IsEndOfLine(string path, long length) => ReadEnd(path, length, 1) is [] or [.., (byte)'\n'];

    /// <summary>Returns the time of the last line that has one, in UTC ticks: lines of an exception's text have none.</summary>
    public static long? TimeOfLastLine(string path, long length, TimeZoneInfo zone)
    {
        ReadOnlySpan<byte> rest = ReadEnd(path, length, TailBytes);
        while (!rest.IsEmpty)
        {
            int start = rest[..^1].LastIndexOf((byte)'\n') + 1;
            if (LineTime.TryRead(rest[start..], zone, out long utc))
            {
                return utc;
            }

            rest = rest[..start];
        }

        return null;
    }

    private static byte[] ReadEnd(string path, long length, int bytes)
    {
        try
        {
            using SafeFileHandle reader = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            byte[] end = new byte[Math.Min(bytes, length)];
            int read = RandomAccess.Read(reader, end, length - end.Length);
            return end[..read];
        }
        catch (UnauthorizedAccessException)
        {
            // A file that may be written but not read.
            return [];
        }
    }
}
