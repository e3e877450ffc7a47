using System.Buffers.Text;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FastTrainLog.Monitoring.Resources;

/// <summary>Reads the system's counters: processor time, memory, disk space. Allocates nothing after the first reading on Linux.</summary>
/// <remarks>
/// Linux reports them in /proc (proc(5)), Windows through GetSystemTimes and GlobalMemoryStatusEx. Elsewhere the system's figures are null and only those
/// of the process are available.
/// </remarks>
internal sealed partial class SystemCounters : IDisposable
{
    private readonly byte[] _buffer = new byte[4096];
    private readonly SafeFileHandle? _stat = Open("/proc/stat");
    private readonly SafeFileHandle? _memory = Open("/proc/meminfo");
    private readonly SafeFileHandle? _process = Open("/proc/self/statm");
    private readonly DriveInfo? _disk;

    public SystemCounters(string? directory)
    {
        try
        {
            _disk = directory is null ? null : new DriveInfo(Path.GetFullPath(directory));
        }
        catch (ArgumentException)
        {
            // A path without a drive, such as a network share: no figure, which is no reason to fail a log.
        }

        // Read once: it allocates, and does not change.
        TotalBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
    }

    /// <summary>Gets the memory of the machine, or of the container where that has a limit, in bytes.</summary>
    public long TotalBytes { get; }

    /// <summary>Reads the time that all processors together have worked and idled since the start, in units of the system's own.</summary>
    /// <returns>Whether the system reports it.</returns>
    public bool TryReadProcessors(out long busy, out long total)
    {
        busy = total = 0;
        if (_stat is not null)
        {
            // "cpu  user nice system idle iowait irq softirq steal …"; guest time is part of user time already.
            ReadOnlySpan<byte> text = Read(_stat);
            text = text[Math.Min(text.Length, "cpu".Length)..];
            for (int i = 0; i < 8; i++)
            {
                if (!TryTakeNumber(ref text, out long time))
                {
                    return false;
                }

                total += time;
                busy += i is 3 or 4 ? 0 : time;
            }

            return true;
        }

        if (OperatingSystem.IsWindows() && GetSystemTimes(out long idle, out long kernel, out long user))
        {
            // The kernel's time contains the idle time.
            total = kernel + user;
            busy = total - idle;
            return true;
        }

        return false;
    }

    /// <summary>Reads the memory that processes may still have without others being swapped out, in bytes; null if the system does not report it.</summary>
    public long? ReadAvailable()
    {
        if (_memory is not null)
        {
            ReadOnlySpan<byte> text = Read(_memory);
            int at = text.IndexOf("MemAvailable:"u8);
            text = at < 0 ? default : text[(at + "MemAvailable:".Length)..];
            // A container's limit may be below what the machine has left.
            return TryTakeNumber(ref text, out long kilobytes) ? Math.Min(kilobytes * 1024, TotalBytes) : null;
        }

        var status = new MemoryStatus { Length = (uint)Marshal.SizeOf<MemoryStatus>() };
        return OperatingSystem.IsWindows() && GlobalMemoryStatusEx(ref status) ? (long)status.AvailablePhysical : null;
    }

    /// <summary>Reads the physical memory of the process, in bytes.</summary>
    public long ReadProcess()
    {
        if (_process is not null)
        {
            ReadOnlySpan<byte> text = Read(_process);
            if (TryTakeNumber(ref text, out _) && TryTakeNumber(ref text, out long pages))
            {
                return pages * Environment.SystemPageSize;
            }
        }

        return Environment.WorkingSet;
    }

    /// <summary>Reads the free space of the logs' disk, in bytes; null if it cannot be determined.</summary>
    public long? ReadDisk()
    {
        try
        {
            return _disk?.AvailableFreeSpace;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A disk that is temporarily unavailable, or a file system without this figure.
            return null;
        }
    }

    public void Dispose()
    {
        _stat?.Dispose();
        _memory?.Dispose();
        _process?.Dispose();
    }

    private static SafeFileHandle? Open(string path)
    {
        try
        {
            return OperatingSystem.IsLinux() ? File.OpenHandle(path) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A container may hide /proc.
            return null;
        }
    }

    [LibraryImport("kernel32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GetSystemTimes(out long idle, out long kernel, out long user);

    [LibraryImport("kernel32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GlobalMemoryStatusEx(ref MemoryStatus status);

    private static bool TryTakeNumber(ref ReadOnlySpan<byte> text, out long number)
    {
        text = text.TrimStart((byte)' ');
        if (!Utf8Parser.TryParse(text, out number, out int length))
        {
            return false;
        }

        text = text[length..];
        return true;
    }

    private ReadOnlySpan<byte> Read(SafeFileHandle file) => _buffer.AsSpan(0, RandomAccess.Read(file, _buffer, 0));

    private struct MemoryStatus
    {
        public uint Length;
        public uint Load;
        public ulong TotalPhysical;
        public ulong AvailablePhysical;
        public ulong TotalPageFile;
        public ulong AvailablePageFile;
        public ulong TotalVirtual;
        public ulong AvailableVirtual;
        public ulong AvailableExtendedVirtual;
    }
}
