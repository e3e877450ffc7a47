namespace FastTrainLog.Monitoring.Resources;

/// <summary>The total load of the machine's GPUs at the last sample.</summary>
/// <param name="UsedBytes">The memory in use on all of them; null if no driver reports it.</param>
/// <param name="Utilization">The mean of their utilisations in percent; null if no driver reports it.</param>
internal sealed record GpuLoad(long? UsedBytes, double? Utilization)
{
    public static GpuLoad Unknown { get; } = new(null, null);

    public static GpuLoad Of(ReadOnlySpan<GpuSample> devices)
    {
        long? used = null;
        double busy = 0;
        int told = 0;
        foreach (ref readonly GpuSample device in devices)
        {
            used = device.UsedBytes is { } bytes ? (used ?? 0) + bytes : used;
            busy += device.Utilization ?? 0;
            told += device.Utilization is null ? 0 : 1;
        }

        return new GpuLoad(used, told == 0 ? null : busy / told);
    }
}
