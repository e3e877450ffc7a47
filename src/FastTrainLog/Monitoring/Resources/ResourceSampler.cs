using Microsoft.Extensions.Logging;

namespace FastTrainLog.Monitoring.Resources;

/// <summary>Logs, at an interval, what the process, the machine and its GPUs use, and when memory or disk space becomes short.</summary>
/// <remarks>It has its own thread, below normal priority, because the driver of a GPU may answer slowly. The first sample comes one interval after the start.</remarks>
internal sealed class ResourceSampler : IDisposable
{
    /// <summary>The free space of the logs' disk below which a warning is logged: 1 GiB.</summary>
    public const long LowDiskBytes = 1L << 30;

    /// <summary>The part of the machine's memory that is left when a warning is logged: a twentieth.</summary>
    public const int LowMemoryPart = 20;

    private readonly TrainLogger _logger;
    private readonly TimeSpan _interval;
    private readonly string _directory;
    private readonly string _nvml;
    private readonly ManualResetEventSlim _stop = new(false);
    private readonly Thread _thread;
    private ShortageWatch _disk = new(LowDiskBytes);
    private ShortageWatch _memory;
    private GpuLoad _gpu = GpuLoad.Unknown;

    /// <summary>Starts sampling.</summary>
    /// <param name="logger">The logger of the system's category.</param>
    /// <param name="directory">The directory of the logs.</param>
    /// <param name="interval">The time between two samples.</param>
    /// <param name="nvml">The library through which GPUs are read; null for the driver's.</param>
    public ResourceSampler(TrainLogger logger, string directory, TimeSpan interval, string? nvml = null)
    {
        _logger = logger;
        _directory = directory;
        _interval = interval;
        _nvml = nvml ?? Nvml.LibraryName;
        _thread = new Thread(Run) { IsBackground = true, Name = "FastTrainLog resources", Priority = ThreadPriority.BelowNormal };
        _thread.UnsafeStart();
    }

    /// <summary>Gets the load of the GPUs at the last sample.</summary>
    public GpuLoad Gpu => Volatile.Read(ref _gpu);

    /// <summary>Ends the thread; waits at most a second for a sample that is being taken.</summary>
    public void Dispose()
    {
        _stop.Set();
        _thread.Join(TimeSpan.FromSeconds(1));
    }

    /// <summary>Logs what has become short, or enough again.</summary>
    internal void Watch(long? availableBytes, long totalBytes, long? diskFreeBytes)
    {
        if (_memory.Limit == 0)
        {
            _memory = new ShortageWatch(totalBytes / LowMemoryPart);
        }

        Tell(ref _memory, "memory", availableBytes, "Lower the batch size or the number of data loaders, or end other processes, before the system ends one.");
        Tell(ref _disk, "disk space for the logs", diskFreeBytes, "Free space, keep fewer checkpoints, or lower MaxFileSize and BackupCount.");
    }

    private void Run()
    {
        try
        {
            using var meter = new ResourceMeter(_directory);
            Nvml? gpus = null;
            GpuSample[] devices = [];
            for (bool first = true; !_stop.Wait(_interval); first = false)
            {
                if (first && (gpus = OpenGpus()) is not null)
                {
                    devices = new GpuSample[gpus.Count];
                }

                Sample(meter, gpus, devices);
            }

            gpus?.Dispose();
        }
        catch (Exception exception)
        {
            // An error in here must not end the process; the log continues without samples and reports it.
            ResourceMessages.SamplingTrouble(_logger, "Sampling has stopped, please report this", exception.ToString());
        }
    }

    private Nvml? OpenGpus()
    {
        var gpus = Nvml.TryOpen(_nvml, out string? trouble);
        if (trouble is not null)
        {
            ResourceMessages.SamplingTrouble(_logger, "GPUs are not sampled", trouble);
        }

        return gpus;
    }

    private void Sample(ResourceMeter meter, Nvml? gpus, GpuSample[] devices)
    {
        ResourceSample sample = meter.Read();
        ResourceMessages.ResourceUsage(
            _logger,
            sample.ProcessCpu,
            sample.SystemCpu,
            sample.ProcessBytes,
            sample.ManagedBytes,
            sample.AvailableBytes,
            sample.TotalBytes,
            sample.Generation0,
            sample.Generation2,
            sample.PauseTime,
            sample.PoolThreads,
            sample.PoolQueue,
            sample.DiskFreeBytes);
        Watch(sample.AvailableBytes, sample.TotalBytes, sample.DiskFreeBytes);
        if (gpus is null)
        {
            return;
        }

        ReadOnlySpan<GpuSample> read = devices.AsSpan(0, gpus.Read(devices));
        Volatile.Write(ref _gpu, GpuLoad.Of(read));
        foreach (ref readonly GpuSample gpu in read)
        {
            ResourceMessages.GpuUsage(_logger, gpu.Index, gpu.Name, gpu.Utilization, gpu.UsedBytes, gpu.TotalBytes, gpu.Temperature, gpu.PowerWatts);
        }
    }

    private void Tell(ref ShortageWatch watch, string resource, long? left, string advice)
    {
        if (!watch.HasChanged(left))
        {
            return;
        }

        if (watch.IsShort)
        {
            ResourceMessages.ResourceShort(_logger, resource, left, watch.Limit, advice);
        }
        else
        {
            ResourceMessages.ResourceEnough(_logger, resource, left);
        }
    }
}
