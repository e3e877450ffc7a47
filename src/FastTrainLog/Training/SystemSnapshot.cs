using FastTrainLog.Monitoring.Resources;

namespace FastTrainLog.Training;

/// <summary>The state of the process and the machine at one moment.</summary>
/// <param name="ProcessorCount">The processors that the process may use.</param>
/// <param name="ProcessorTime">The processor time that the process has used since it began.</param>
/// <param name="ManagedBytes">The bytes of managed objects.</param>
/// <param name="ProcessBytes">The physical memory of the process, in bytes.</param>
/// <param name="AvailableBytes">The memory that processes may still have without others being swapped out, in bytes; null if the system does not report it.</param>
/// <param name="TotalBytes">The memory of the machine, or of the container if that has a limit, in bytes.</param>
/// <param name="Collections">The garbage collections since the process began, of all generations.</param>
/// <param name="DiskFreeBytes">The free bytes of the disk that holds the logs, or null if it cannot be determined.</param>
public readonly record struct SystemSnapshot(
    int ProcessorCount,
    TimeSpan ProcessorTime,
    long ManagedBytes,
    long ProcessBytes,
    long? AvailableBytes,
    long TotalBytes,
    int Collections,
    long? DiskFreeBytes)
{
    /// <summary>Reads the state now; takes some tens of microseconds.</summary>
    /// <param name="directory">A directory on the disk whose free space is wanted; null for none.</param>
    /// <returns>The state.</returns>
    public static SystemSnapshot Capture(string? directory = null)
    {
        using var counters = new SystemCounters(directory);
        return new(
            Environment.ProcessorCount,
            Environment.CpuUsage.TotalTime,
            GC.GetTotalMemory(forceFullCollection: false),
            Environment.WorkingSet,
            counters.ReadAvailable(),
            counters.TotalBytes,
            // A collection of an older generation counts as one of each younger generation too.
            GC.CollectionCount(0),
            counters.ReadDisk());
    }
}
