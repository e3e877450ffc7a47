using FastTrainLog.Training;

namespace FastTrainLog.Crash.Child;

/// <summary>A run with the default options, whose process never ends it.</summary>
internal static class LongRun
{
    private const int FlushedSteps = 2000;

    public static int Train(string directory, string id, long steps, long totalSteps)
    {
        TrainLogging logging = TrainLogging.Create(options => (options.LogDirectory, options.EnableConsoleLogging) = (directory, false));
        TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "Net", RunId = id, TotalSteps = totalSteps, BatchSize = 32 });
        for (long step = 1; step <= steps; step++)
        {
            run.LogStep(1, step, 1.0 / step, 1e-3);
            if (step % FlushedSteps == 0)
            {
                // A loop that only logs is faster than any disk.
                logging.Flush();
            }
        }

        Console.WriteLine("ready");
        Thread.Sleep(Timeout.Infinite);
        GC.KeepAlive(run);
        return 0;
    }
}
