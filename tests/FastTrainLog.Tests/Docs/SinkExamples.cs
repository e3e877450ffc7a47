using FastTrainLog.Sinks;
using FastTrainLog.Training;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Tests.Docs;

internal static class SinkExamples
{
    public static TrainLogging AddOwn(string directory)
    {
        // #add
        TrainLogging logging = TrainLogging.Create(log =>
        {
            log.LogDirectory = directory;
            log.AddSink(new LossFile(Path.Combine(directory, "loss.csv")), RecordFilters.Event(TrainingEvents.Step), name: "loss file");
        });
        // #
        return logging;
    }

    public static void Forward(TrainLogOptions log, ILoggerProvider provider)
    {
        // #forward
        ILoggerFactory others = LoggerFactory.Create(builder => builder.AddProvider(provider).SetMinimumLevel(LogLevel.Trace));
        log.AddSink(new LoggerForwardingSink(others), RecordFilters.Level(LogLevel.Warning));
        // #
    }

    public static void AddFile(TrainLogOptions log, string path)
    {
        // #file
        log.AddSink(
            new RollingFileSink(path, json: true, maxSize: 100_000_000, backups: 3, RotationInterval.Daily),
            RecordFilters.Property("Loss", static (in LogArgument loss) => loss.TryGetDouble(out double value) && !double.IsFinite(value)));
        // #
    }
}
