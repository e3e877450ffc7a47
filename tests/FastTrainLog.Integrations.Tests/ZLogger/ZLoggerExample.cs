using ZLogger;

namespace FastTrainLog.Integrations.Tests.ZLogger;

/// <summary>The code that docs/sinks.md shows.</summary>
internal static class ZLoggerExample
{
    public static void Add(TrainLogOptions log, string directory)
    {
        // #add
        log.AddZLogger(zlogger => zlogger.AddZLoggerRollingFile(options =>
        {
            options.FilePathSelector = (opened, number) => Path.Combine(directory, $"train-{opened:yyyyMMdd}-{number:000}.jsonl");
            options.RollingSizeKB = 100_000;
            options.UseJsonFormatter();
        }));
        // #
    }
}
