using System.Diagnostics;
using System.Globalization;

namespace FastTrainLog.Tests.Shared;

/// <summary>A file system in memory that is full, or has room, as a test says; mounted where the tests run as root.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _path;

    private SmallDisk(string path) => _path = path;

    /// <summary>Mounts one that has room for 128 KiB; null where that is not allowed.</summary>
    public static SmallDisk? Mount(string path)
    {
        Directory.CreateDirectory(path);
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root" || !Run("mount", "-t", "tmpfs", "-o", "size=132k", "tmpfs", path))
        {
            return null;
        }

        // Never without a block that is in use: no size at all means no limit.
        File.WriteAllText(Path.Combine(path, "used"), "1");
        return new SmallDisk(path);
    }

    /// <summary>Takes all the room that is left, also from who writes just now.</summary>
    public void Fill()
    {
        // Refused, if more is in use by then.
        while (!Resize(Used))
        {
        }
    }

    /// <summary>Makes room for 1 GiB.</summary>
    public void MakeRoom()
    {
        if (!Resize(1 << 30))
        {
            throw new InvalidOperationException($"The file system {_path} could not be enlarged.");
        }
    }

    /// <summary>Leaves no inode for a further file.</summary>
    public void TakeInodes()
    {
        while (!SetInodes(UsedInodes))
        {
        }
    }

    /// <summary>Leaves enough of them.</summary>
    public void GiveInodes() => SetInodes(1_000_000);

    public void Dispose() => Run("umount", "-l", _path);

    private long Used
    {
        get
        {
            var drive = new DriveInfo(_path);
            return drive.TotalSize - drive.TotalFreeSpace;
        }
    }

    private long UsedInodes
    {
        get
        {
            using Process process = Process.Start(new ProcessStartInfo("stat", ["-f", "-c", "%c %d", _path]) { RedirectStandardOutput = true })!;
            long[] counts = [.. process.StandardOutput.ReadToEnd().Split(' ').Select(static count => long.Parse(count, CultureInfo.InvariantCulture))];
            process.WaitForExit();
            return counts[0] - counts[1];
        }
    }

    private bool SetInodes(long count) => Run("mount", "-o", string.Create(CultureInfo.InvariantCulture, $"remount,nr_inodes={count}"), _path);

    private bool Resize(long bytes) => Run("mount", "-o", string.Create(CultureInfo.InvariantCulture, $"remount,size={bytes}"), _path);

    private static bool Run(string command, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
