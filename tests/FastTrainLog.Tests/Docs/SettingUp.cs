using FastTrainLog.Sinks;
using FastTrainLog.Training;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Tests.Docs;

internal static class SettingUp
{
    public static void AddToHost(ILoggingBuilder builder)
    {
        // #host
        builder.AddFastTrainLog(log => log.LogDirectory = "/data/logs");
        // #
    }

    public static void Run(string directory)
    {
        // #create
        using TrainLogging logging = TrainLogging.Create(log =>
        {
            log.LogDirectory = directory;
            log.CategoryLevels[LogCategories.Performance] = LogLevel.Debug;
            log.CategoryFiles["Augmentation"] = "augmentation.log";
            log.FileFilters["run.jsonl"] = RecordFilters.Not(RecordFilters.Event(TrainingEvents.Performance));
            log.AddSink(new ConsoleSink(), RecordFilters.Any(RecordFilters.Errors, RecordFilters.Event(TrainingEvents.EpochEnded)));
            log.EnableConsoleLogging = false;
            log.ReadEnvironment();
        });
        // #

        logging.GetLogger("Augmentation.Noise").Augmented(3, 5000, 1.25);

        // #levels
        logging.SetLevel(LogCategories.NumericalStability, LogLevel.Debug);
        logging.SetMinimumLevel(LogLevel.Warning);
        // #
    }
}
