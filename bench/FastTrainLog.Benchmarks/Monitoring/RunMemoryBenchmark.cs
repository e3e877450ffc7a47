using System.Globalization;
using FastTrainLog.Benchmarks.Pipeline;
using FastTrainLog.Training;

namespace FastTrainLog.Benchmarks.Monitoring;

/// <summary>What a record costs the memory of a run, which snapshots are taken of, on the backend's thread; and how large that memory gets.</summary>
internal static class RunMemoryBenchmark
{
    private const int Usage = 2;

    public static int Run(ReadOnlySpan<string> arguments)
    {
        long steps = 1_000_000;
        for (int i = 0; i < arguments.Length; i += 2)
        {
            if (arguments[i] != "--steps" || i + 1 == arguments.Length
                || !long.TryParse(arguments[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out steps) || steps is < 1 or > 10_000_000_000)
            {
                Console.Error.WriteLine("monitor takes --steps N, 1 to 10000000000: how often a step is remembered.");
                return Usage;
            }
        }

        Console.WriteLine(MachineReport.Describe());
        string directory = Directory.CreateTempSubdirectory("ftl-monitor-").FullName;
        using (TrainLogging logging = TrainLogging.Create(log =>
        {
            (log.LogDirectory, log.EnableConsoleLogging, log.ResourceInterval) = (directory, false, TimeSpan.Zero);
            log.AddSink(new RunMemoryMeter(steps));
            log.ShutdownTimeout = TimeSpan.FromHours(1);
        }))
        {
            Log(logging);
        }

        Directory.Delete(directory, recursive: true);
        return 0;
    }

    private static void Log(TrainLogging logging)
    {
        using TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "Bench", TotalSteps = 100, BatchSize = 64 });
        OwnMessages.Step(logging.GetLogger(LogCategories.Main), 3, 1, 2.345678, 0.9123, 1e-3, 0.25f, 12345.678);
        run.LogStep(1, 1, 2.5, 1e-3, accuracy: 0.5);
        run.LogStep(1, 2, 2.5, 1e-3, accuracy: 0.5, metrics: [("top5", 0.9), ("tokens", 4096)]);
        run.LogNumericalIssue(new NumericalIssue(NumericalIssueType.NaN, IssueSeverity.Low, "fc1", "gradient_zeroing") { Step = 2, NaNCount = 1 });
        run.LogPerformance("data_loading", TimeSpan.FromSeconds(0.5), throughput: 100, batchSize: 64);
        run.LogModelOperation("model_creation", "Bench", success: true, details: [new("parameters", 9610)]);
        run.End(success: true);
    }
}
