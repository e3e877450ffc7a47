using FastTrainLog.Training;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Monitoring.Resources;

/// <summary>The messages of the resource sampler.</summary>
internal static partial class ResourceMessages
{
    [TrainLog(TrainingEvents.ResourceUsage, LogLevel.Information,
        "resource_usage - Process CPU: {ProcessCpu:F1}%[?, System CPU: {SystemCpu:F1}%], Process memory: {ProcessBytes:bytes}, Managed memory: {ManagedBytes:bytes}[?, Available memory: {AvailableBytes:bytes}], Total memory: {TotalBytes:bytes}, " +
        "Collections: {Collections} ({Generation2Collections} of generation 2), GC pause: {PauseTime:F2}%, Pool threads: {PoolThreads}, Pool queue: {PoolQueue}[?, Disk free: {DiskFreeBytes:bytes}]")]
    public static partial void ResourceUsage(
        TrainLogger logger,
        double processCpu,
        double? systemCpu,
        long processBytes,
        long managedBytes,
        long? availableBytes,
        long totalBytes,
        int collections,
        int generation2Collections,
        double pauseTime,
        int poolThreads,
        long poolQueue,
        long? diskFreeBytes);

    [TrainLog(TrainingEvents.GpuUsage, LogLevel.Information,
        "gpu_usage - GPU {Device} ({Name})[?: {Utilization:F0}% busy][?, Memory: {UsedBytes:bytes} of {TotalBytes:bytes}][?, {Temperature} °C][?, {PowerWatts:F1} W]")]
    public static partial void GpuUsage(
        TrainLogger logger, int device, string name, double? utilization, long? usedBytes, long? totalBytes, int? temperature, double? powerWatts);

    [TrainLog(TrainingEvents.ResourceShort, LogLevel.Warning, "resource_shortage - {Resource} is short: {LeftBytes:bytes} left, less than {LimitBytes:bytes}. {Advice}")]
    public static partial void ResourceShort(TrainLogger logger, string resource, long? leftBytes, long limitBytes, string advice);

    [TrainLog(TrainingEvents.ResourceEnough, LogLevel.Information, "resource_recovered - There is enough {Resource} again: {LeftBytes:bytes}")]
    public static partial void ResourceEnough(TrainLogger logger, string resource, long? leftBytes);

    [TrainLog(TrainingEvents.SamplingTrouble, LogLevel.Warning, "resource_sampling - {What}: {Trouble}")]
    public static partial void SamplingTrouble(TrainLogger logger, string what, string trouble);
}
