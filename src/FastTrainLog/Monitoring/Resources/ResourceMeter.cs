using System.Diagnostics;

namespace FastTrainLog.Monitoring.Resources;

/// <summary>Takes samples: counters of the system and the runtime, as differences from the previous sample.</summary>
/// <remarks>One thread at a time uses it.</remarks>
internal sealed class ResourceMeter : IDisposable
{
    private readonly SystemCounters _counters;
    private long _time = Stopwatch.GetTimestamp();
    private TimeSpan _processor = Environment.CpuUsage.TotalTime;
    private TimeSpan _paused = GC.GetTotalPauseDuration();
    private int _generation0 = GC.CollectionCount(0);
    private int _generation2 = GC.CollectionCount(2);
    private long _busy;
    private long _total;

    public ResourceMeter(string directory)
    {
        _counters = new SystemCounters(directory);
        _counters.TryReadProcessors(out _busy, out _total);
    }

    /// <summary>Takes a sample of the time since the last one.</summary>
    public ResourceSample Read()
    {
        long time = Stopwatch.GetTimestamp();
        double seconds = Math.Max(Stopwatch.GetElapsedTime(_time, time).TotalSeconds, 1e-6);
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        TimeSpan paused = GC.GetTotalPauseDuration();
        int generation0 = GC.CollectionCount(0);
        int generation2 = GC.CollectionCount(2);
        double? system = null;
        if (_counters.TryReadProcessors(out long busy, out long total))
        {
            system = total > _total ? 100.0 * Math.Max(0, busy - _busy) / (total - _total) : null;
            (_busy, _total) = (busy, total);
        }

        long process = _counters.ReadProcess();
        long? available = _counters.ReadAvailable();
        if (available is not null)
        {
            // A container's limit may be lower than the machine's memory.
            available = Math.Min(available.Value, Math.Max(0, _counters.TotalBytes - process));
        }

        var sample = new ResourceSample(
            100.0 * (processor - _processor).TotalSeconds / (seconds * Environment.ProcessorCount),
            system,
            process,
            GC.GetTotalMemory(forceFullCollection: false),
            available,
            _counters.TotalBytes,
            generation0 - _generation0,
            generation2 - _generation2,
            100.0 * (paused - _paused).TotalSeconds / seconds,
            ThreadPool.ThreadCount,
            ThreadPool.PendingWorkItemCount,
            _counters.ReadDisk());
        (_time, _processor, _paused, _generation0, _generation2) = (time, processor, paused, generation0, generation2);
        return sample;
    }

    public void Dispose() => _counters.Dispose();
}
