using System.Runtime.InteropServices;
using System.Text;

namespace FastTrainLog.Reading;

/// <summary>Opens log files for reading, and rejects anything else under their names: opening a FIFO blocks for ever, reading a device never ends.</summary>
internal static class RegularFile
{
    private const int CurrentDirectory = -100;
    private const uint TypeMask = 0x1;
    private const int ModeOffset = 28;
    private const int TypeBits = 0xF000;
    private const int Regular = 0x8000;
    private const int Directory = 0x4000;

    /// <summary>Opens a file that may be written, renamed and deleted meanwhile.</summary>
    /// <exception cref="IOException">It cannot be opened, or is not a regular file.</exception>
    public static FileStream Open(string path, FileOptions options = FileOptions.None)
    {
        if (OperatingSystem.IsLinux() && KindOf(path) is { } kind)
        {
            throw new IOException($"{path} is {kind} and no file, so it is not read.");
        }

        return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, options);
    }

    // Errors that opening also reports are ignored here, so that its exception is thrown.
    private static string? KindOf(string path)
    {
        byte[] status = new byte[256];
        int mode = StatX(CurrentDirectory, [.. Encoding.UTF8.GetBytes(path), 0], 0, TypeMask, status) == 0 ? BitConverter.ToUInt16(status, ModeOffset) & TypeBits : Regular;
        return mode switch
        {
            Regular or Directory => null,
            0x1000 => "a FIFO",
            0x2000 or 0x6000 => "a device",
            0xC000 => "a socket",
            _ => "something else",
        };
    }

    // statx(2), because its structure has the same layout on every processor architecture.
    [DllImport("libc", EntryPoint = "statx", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int StatX(int directory, byte[] path, int flags, uint mask, byte[] status);
}
