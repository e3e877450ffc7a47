namespace FastTrainLog.Monitoring.Resources;

/// <summary>The resources that the process and the machine used since the previous sample. Memory is in bytes, shares are in percent.</summary>
/// <param name="ProcessCpu">The share of all processors that the process used.</param>
/// <param name="SystemCpu">The share of all processors that was in use by any process; null if the system does not report it.</param>
/// <param name="ProcessBytes">The physical memory of the process.</param>
/// <param name="ManagedBytes">The managed objects.</param>
/// <param name="AvailableBytes">The memory that a process may still have without others being swapped out; null if the system does not report it.</param>
/// <param name="TotalBytes">The memory of the machine, or of the container where that has a limit.</param>
/// <param name="Generation0">The garbage collections since the last sample, of all generations.</param>
/// <param name="Generation2">Those of the oldest generation.</param>
/// <param name="PauseTime">The share of the time in which the garbage collector paused the threads.</param>
/// <param name="PoolThreads">The threads of the pool.</param>
/// <param name="PoolQueue">The work items that wait for such a thread.</param>
/// <param name="DiskFreeBytes">The free space of the disk that holds the logs; null if it cannot be determined.</param>
internal readonly record struct ResourceSample(
    double ProcessCpu,
    double? SystemCpu,
    long ProcessBytes,
    long ManagedBytes,
    long? AvailableBytes,
    long TotalBytes,
    int Generation0,
    int Generation2,
    double PauseTime,
    int PoolThreads,
    long PoolQueue,
    long? DiskFreeBytes);
