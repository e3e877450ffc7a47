using System.Diagnostics;
using System.Runtime.InteropServices;

namespace FastTrainLog.Training;

/// <summary>The state of the process and the machine at one moment.</summary>
/// <param name="ProcessorCount">The processors that the process may use.</param>
/// <param name="ProcessorTime">The processor time that the process has used since it began.</param>
/// <param name="ManagedBytes">The bytes of managed objects.</param>
/// <param name="ProcessBytes">The physical memory of the process, in bytes.</param>
/// <param name="AvailableBytes">The memory that the garbage collector may count on, in bytes: the machine's, or its container's limit.</param>
/// <param name="Collections">The garbage collections since the process began, of all generations.</param>
/// <param name="DiskFreeBytes">The free bytes of the disk that holds the logs, or null where it cannot be told.</param>
public readonly record struct SystemSnapshot(
    int ProcessorCount,
    TimeSpan ProcessorTime,
    long ManagedBytes,
    long ProcessBytes,
    long AvailableBytes,
    int Collections,
    long? DiskFreeBytes)
{
    /// <summary>Reads the state now; takes some tens of microseconds.</summary>
    /// <param name="directory">A directory on the disk whose free space is wanted; null for none.</param>
    /// <returns>The state.</returns>
    public static SystemSnapshot Capture(string? directory = null) => new(
        Environment.ProcessorCount,
        Environment.CpuUsage.TotalTime,
        GC.GetTotalMemory(forceFullCollection: false),
        Environment.WorkingSet,
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        // A collection of an older generation counts as one of each younger generation too.
        GC.CollectionCount(0),
        directory is null ? null : FreeBytes(directory));

    private static long? FreeBytes(string directory)
    {
        try
        {
            return new DriveInfo(Path.GetFullPath(directory)).AvailableFreeSpace;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // A network share or a file system without the notion has no figure to give, which is no reason to fail a run.
            return null;
        }
    }
}
