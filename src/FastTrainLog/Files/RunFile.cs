using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace FastTrainLog.Files;

/// <summary>Small files about single runs: their names, and their replacement.</summary>
internal static class RunFile
{
    private const int LongestName = 120;

    /// <summary>Returns the name of a run's file, without an extension: an identifier may contain characters that a file name cannot, and be longer.</summary>
    public static string NameOf(string runId, int rank)
    {
        string name = Uri.EscapeDataString(runId);
        name = name.Length <= LongestName ? name : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(runId)));
        return string.Create(CultureInfo.InvariantCulture, $"{name}-{rank}");
    }

    /// <summary>Writes a file, in a directory that is created if it is missing; an existing file stays complete until the new one is.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">All of it.</param>
    /// <param name="toDisk">Whether the old or the new file must survive a power failure, which costs time on the disk.</param>
    /// <param name="mode">Its permissions; null for those of the existing file, or the usual ones.</param>
    public static void Replace(string path, ReadOnlySpan<byte> content, bool toDisk, UnixFileMode? mode = null)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string unfinished = string.Create(CultureInfo.InvariantCulture, $"{path}.{Environment.ProcessId}.tmp");
        try
        {
            if (!OperatingSystem.IsWindows() && mode is null && File.Exists(path))
            {
                mode = File.GetUnixFileMode(path);
            }

            using (FileStream file = mode is null ? new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None) : FileSystem.CreateClosed(unfinished, FileShare.None))
            {
                if (mode is not null)
                {
                    FileSystem.SetMode(file.SafeFileHandle, mode.Value);
                }

                file.Write(content);
                // A rename may reach the disk before the content.
                file.Flush(toDisk);
            }

            File.Move(unfinished, path, overwrite: true);
        }
        catch
        {
            // On a full disk it would take what little there is.
            File.Delete(unfinished);
            throw;
        }

        if (toDisk && OperatingSystem.IsLinux())
        {
            // The new name, too.
            using SafeFileHandle directory = FileSystem.OpenDirectory(Path.GetDirectoryName(path)!, followLink: true);
            RandomAccess.FlushToDisk(directory);
        }
    }
}
