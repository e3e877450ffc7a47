namespace FastTrainLog.Monitoring.Resources;

/// <summary>The state of a GPU when it was sampled. A figure is null if the driver does not report it.</summary>
/// <param name="Index">The device's number, as NVML counts.</param>
/// <param name="Name">Its name.</param>
/// <param name="Utilization">The share of the last moments in which a kernel ran, in percent.</param>
/// <param name="UsedBytes">The memory in use by all processes.</param>
/// <param name="TotalBytes">The total memory.</param>
/// <param name="Temperature">The temperature in degrees Celsius.</param>
/// <param name="PowerWatts">The power draw in watts.</param>
internal readonly record struct GpuSample(
    int Index, string Name, double? Utilization, long? UsedBytes, long? TotalBytes, int? Temperature, double? PowerWatts);
