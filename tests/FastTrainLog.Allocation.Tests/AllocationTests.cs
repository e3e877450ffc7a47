using FastTrainLog.Training;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Allocation.Tests;

/// <summary>The promise of this project: after warm-up a log call allocates nothing, on its thread or on any other.</summary>
public sealed partial class AllocationTests
{
    private const int WarmUp = 200_000;
    private const int Records = 1_000_000;
    private const int Times = 3;

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void A_million_records_of_seven_numbers_allocate_nothing_on_the_caller_or_in_the_process(bool text, bool json)
    {
        (long caller, long process) = Measure(text, json, extra: null);
        Assert.Equal(0, caller);
        Assert.Equal(0, process);
    }

    [Fact]
    public void The_measurement_sees_a_single_allocation()
    {
        object? kept = null;
        (long caller, long process) = Measure(text: true, json: false, i => kept = i == Records / 2 ? new byte[100] : kept);
        GC.KeepAlive(kept);
        Assert.InRange(caller, 100, 200);
        Assert.InRange(process, 100, 200);
    }

    [Fact]
    public void A_log_after_another_one_takes_over_the_blocks_of_its_file()
    {
        const int Block = 2 * 1024 * 1024;
        AllocatedByAWholeLog();
        Assert.InRange(AllocatedByAWholeLog(), 0, Block);
    }

    [Fact]
    public void A_runs_steps_allocate_nothing_on_the_caller_or_in_the_process_although_they_are_remembered()
    {
        string directory = Directory.CreateTempSubdirectory("fasttrainlog-").FullName;
        using (TrainLogging logging = TrainLogging.Create(o =>
        {
            (o.LogDirectory, o.EnableConsoleLogging, o.MaxFileSize, o.ResourceInterval) = (directory, false, 0, TimeSpan.Zero);
        }))
        {
            using var run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "model", TotalSteps = 2 * WarmUp, BatchSize = 32 });
            LogSteps(run, 1, WarmUp);
            Settle(logging);

            long caller = GC.GetAllocatedBytesForCurrentThread();
            long process = GC.GetTotalAllocatedBytes(precise: true);
            LogSteps(run, WarmUp + 1, 2 * WarmUp);
            caller = GC.GetAllocatedBytesForCurrentThread() - caller;
            WaitUntilWritten(logging, 2 * WarmUp);
            Assert.True(logging.Flush());
            // The flush has a task of its own.
            Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - process, 0, 1000);
            Assert.Equal(0, caller);
            Assert.Equal(2 * WarmUp, run.Snapshot().Series["tokens"].Points);
        }

        Directory.Delete(directory, recursive: true);
    }

    private static long AllocatedByAWholeLog()
    {
        string directory = Directory.CreateTempSubdirectory("fasttrainlog-").FullName;
        long before = GC.GetTotalAllocatedBytes(precise: true);
        using (TrainLogging logging = TrainLogging.Create(o =>
        {
            (o.LogDirectory, o.EnableConsoleLogging, o.EnableJsonLogging, o.MaxFileSize, o.ResourceInterval) = (directory, false, false, 0, TimeSpan.Zero);
        }))
        {
            Log(logging.GetLogger(LogCategories.Main), WarmUp, null);
        }

        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Directory.Delete(directory, recursive: true);
        return allocated;
    }

    private static void LogSteps(TrainingRun run, int first, int last)
    {
        for (int step = first; step <= last; step++)
        {
            run.LogStep(1, step, 1.0 / step, 1e-3, metrics: [("tokens", step), ("batch_loss", 0.5)]);
        }
    }

    private static (long Caller, long Process) Measure(bool text, bool json, Action<int>? extra)
    {
        string directory = Directory.CreateTempSubdirectory("fasttrainlog-").FullName;
        try
        {
            using TrainLogging logging = TrainLogging.Create(o =>
            {
                o.LogDirectory = directory;
                (o.EnableFileLogging, o.EnableJsonLogging, o.EnableConsoleLogging) = (text, json, false);
                // Rotation, and the look at old files once a minute, are rare and allocate names; they are not what this measures.
                o.MaxFileSize = 0;
                (o.CompressBackups, o.MaxTotalBackupSize) = (false, 0);
                o.ResourceInterval = TimeSpan.Zero;
            });
            TrainLogger logger = logging.GetLogger(LogCategories.TrainingProgress);
            Log(logger, WarmUp, null);
            Settle(logging);

            // The runtime allocates once in a while where threads first have to wait for each other, which a busy machine brings about. What calls
            // or pages allocate is there each time.
            (long Caller, long Process) least = (long.MaxValue, long.MaxValue);
            for (int time = 1; time <= Times && least != (0, 0); time++)
            {
                long caller = GC.GetAllocatedBytesForCurrentThread();
                long process = GC.GetTotalAllocatedBytes(precise: true);
                Log(logger, Records, extra);
                caller = GC.GetAllocatedBytesForCurrentThread() - caller;
                WaitUntilWritten(logging, WarmUp + (time * Records));
                process = GC.GetTotalAllocatedBytes(precise: true) - process;
                least = (Math.Min(least.Caller, caller), Math.Min(least.Process, process));
            }

            return least;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    // Tiered compilation runs in the background and allocates; it is done when a while has passed in which nothing was compiled.
    private static void Settle(TrainLogging logging)
    {
        WaitUntilWritten(logging, WarmUp);
        long methods;
        do
        {
            methods = System.Runtime.JitInfo.GetCompiledMethodCount();
            Thread.Sleep(300);
        }
        while (System.Runtime.JitInfo.GetCompiledMethodCount() != methods);
    }

    private static void WaitUntilWritten(TrainLogging logging, long records)
    {
        while (logging.WrittenRecords < records)
        {
            Thread.Sleep(1);
        }
    }

    private static void Log(TrainLogger logger, int count, Action<int>? extra)
    {
        for (int i = 0; i < count; i++)
        {
            Step(logger, i / 1000, i, count, 1.0 / (i + 1), 1e-3, i * 0.25f, 12345.678);
            extra?.Invoke(i);
        }
    }

    [TrainLog(1, LogLevel.Information, "Epoch {Epoch}, Step {Step}/{Total} - Loss: {Loss:F6}, LR: {LearningRate:0.00e+00}, norm {Norm:F4}, {Throughput:F1}/s")]
    private static partial void Step(TrainLogger logger, int epoch, long step, long total, double loss, double learningRate, float norm, double throughput);
}
