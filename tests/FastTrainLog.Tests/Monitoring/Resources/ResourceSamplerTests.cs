using System.Diagnostics;
using System.Text.Json;
using FastTrainLog.Monitoring.Resources;
using FastTrainLog.Tests.Pipeline;
using FastTrainLog.Tests.Shared;
using FastTrainLog.Training;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Tests.Monitoring.Resources;

public sealed class ResourceSamplerTests(NvmlStandIn nvml) : IClassFixture<NvmlStandIn>
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(100);

    [Fact]
    public void A_log_samples_the_process_and_the_machine_into_the_systems_files()
    {
        using var directory = new TemporaryDirectory();
        using (TrainLogging logging = TrainLogging.Create(o => (o.LogDirectory, o.EnableConsoleLogging, o.ResourceInterval) = (directory.Path, false, Often)))
        {
            Assert.True(Eventually.Is(() => logging.WrittenRecords >= 2, TimeSpan.FromSeconds(60)));
        }

        JsonElement[] samples = [.. File.ReadLines(directory["system.json"]).Select(line => JsonDocument.Parse(line).RootElement)
            .Where(record => record.GetProperty("event_id").GetInt32() == TrainingEvents.ResourceUsage)];
        Assert.NotEmpty(samples);
        JsonElement sample = samples[^1].GetProperty("properties");
        Assert.InRange(sample.GetProperty("ProcessCpu").GetDouble(), 0, 101);
        Assert.InRange(sample.GetProperty("ProcessBytes").GetInt64(), 1 << 20, 1L << 40);
        Assert.InRange(sample.GetProperty("ManagedBytes").GetInt64(), 1000, 1L << 40);
        Assert.InRange(sample.GetProperty("DiskFreeBytes").GetInt64(), 1, long.MaxValue);
        Assert.InRange(sample.GetProperty("PoolThreads").GetInt32(), 0, 100_000);
        if (OperatingSystem.IsLinux())
        {
            Assert.InRange(sample.GetProperty("SystemCpu").GetDouble(), 0, 100);
            Assert.InRange(sample.GetProperty("AvailableBytes").GetInt64(), 1, sample.GetProperty("TotalBytes").GetInt64());
        }

        Assert.Contains("resource_usage - Process CPU: ", File.ReadAllText(directory["system.log"]), StringComparison.Ordinal);
    }

    [Fact]
    public void The_figures_of_the_process_follow_what_it_does()
    {
        using var meter = new ResourceMeter(Path.GetTempPath());
        meter.Read();
        var busy = Stopwatch.StartNew();
        TimeSpan before = Environment.CpuUsage.TotalTime;
        while (Environment.CpuUsage.TotalTime - before < TimeSpan.FromMilliseconds(200))
        {
        }

        GC.Collect();
        byte[][] held = [.. Enumerable.Range(0, 64).Select(_ => GC.AllocateUninitializedArray<byte>(1 << 20))];
        ResourceSample sample = meter.Read();
        // Other threads of the tests may be busy too, never less than this one was.
        Assert.InRange(sample.ProcessCpu, 100 * 0.19 / (busy.Elapsed.TotalSeconds * Environment.ProcessorCount), 101);
        Assert.InRange(sample.Generation2, 1, int.MaxValue);
        Assert.InRange(sample.Generation0, sample.Generation2, int.MaxValue);
        Assert.InRange(sample.ManagedBytes, 64 << 20, long.MaxValue);
        GC.KeepAlive(held);
    }

    [Fact]
    public void A_zero_interval_takes_no_samples_and_a_wrong_one_is_named()
    {
        var sink = new CollectingSink();
        using (TrainLogging logging = TestLog.Create(sink, o => o.ResourceInterval = TimeSpan.Zero))
        {
            Assert.False(logging.SamplesResources);
        }

        ArgumentException error = Assert.Throws<ArgumentException>(() => TestLog.Create(sink, o => o.ResourceInterval = TimeSpan.FromMilliseconds(1)));
        Assert.Contains("TrainLogOptions.ResourceInterval is '00:00:00.0010000'", error.Message, StringComparison.Ordinal);
        IConfigurationRoot configuration = new ConfigurationBuilder().AddInMemoryCollection([new("ResourceInterval", "00:01:00")]).Build();
        Assert.Equal(TimeSpan.FromMinutes(1), new TrainLogOptions().Read(configuration).ResourceInterval);
    }

    [Fact]
    public void Short_memory_and_disk_space_are_warned_of_once_and_told_when_there_is_enough_again()
    {
        const long Total = 20_000_000_000;
        var sink = new CollectingSink();
        using (TrainLogging logging = TestLog.Create(sink))
        using (var sampler = new ResourceSampler(logging.GetLogger(LogCategories.System), "/", TimeSpan.FromHours(1)))
        {
            foreach ((long? available, long? disk) in new (long?, long?)[]
            {
                (2_000_000_000, 5L << 30), (999_999_999, 5L << 30), (900_000_000, 1L << 29), (1_050_000_000, null), (1_100_000_000, 2L << 30),
            })
            {
                sampler.Watch(available, Total, disk);
            }
        }

        Assert.Equal(
            [
                "resource_shortage - memory is short: 953.7 MiB left, less than 953.7 MiB",
                "resource_shortage - disk space for the logs is short: 512 MiB left, less than 1 GiB",
                "resource_recovered - There is enough memory again: 1.024 GiB",
                "resource_recovered - There is enough disk space for the logs again: 2 GiB",
            ],
            sink.Items.Select(item => item.Message.Split(". ")[0]));
        Assert.Equal([LogLevel.Warning, LogLevel.Warning, LogLevel.Information, LogLevel.Information], sink.Items.Select(item => item.Level));
    }

    [Fact]
    public void GPUs_are_sampled_through_the_drivers_library()
    {
        string library = nvml.Require();
        var sink = new CollectingSink();
        using (TrainLogging logging = TestLog.Create(sink))
        using (var sampler = new ResourceSampler(logging.GetLogger(LogCategories.System), "/", Often, library))
        {
            Assert.True(Eventually.Is(() => sampler.Gpu.UsedBytes is not null, TimeSpan.FromSeconds(60)));
            Assert.Equal(new GpuLoad(64L << 30, 87), sampler.Gpu);
        }

        // The second device refuses all but its name and its memory; the third is not this process's to use.
        string[] gpus = [.. sink.Items.Where(item => item.Message.StartsWith("gpu_usage", StringComparison.Ordinal)).Select(item => item.Message).Distinct()];
        Assert.Equal(
            [
                "gpu_usage - GPU 0 (Stand-in H100): 87% busy, Memory: 64 GiB of 80 GiB, 61 °C, 412.5 W",
                "gpu_usage - GPU 1 (Stand-in old), Memory: 0 B of 1 GiB",
            ],
            gpus);
        Assert.Equal(0, nvml.Open);
    }

    [Fact]
    public void A_driver_that_refuses_is_named_once_and_the_other_samples_go_on()
    {
        string library = nvml.Require();
        nvml.Refuse(9);
        try
        {
            Assert.Null(Nvml.TryOpen(library, out string? trouble));
            Assert.Equal($"{library} answers 9 (Driver Not Loaded)", trouble);
        }
        finally
        {
            nvml.Refuse(0);
        }

        Assert.Null(Nvml.TryOpen("libno-such-library.so.1", out string? none));
        Assert.Null(none);
    }

    [Fact]
    public void A_sample_allocates_nothing_after_the_first()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "elsewhere the framework's own figures allocate");
        using var meter = new ResourceMeter(Path.GetTempPath());
        for (int i = 0; i < 100; i++)
        {
            meter.Read();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++)
        {
            meter.Read();
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10 * 512);
    }
}
