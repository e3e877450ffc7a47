using FastTrainLog.Records;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Backend;

/// <summary>What the backend has to say of itself, logged like anything else in the system category.</summary>
internal static class BackendMessages
{
    private static readonly CallSite RecordsDroppedSite = new(
        LogLevel.Warning,
        9001,
        "RecordsDropped",
        "{Count} records of {Category} at {Level} were dropped because the log could not keep up; raise TrainLogOptions.BufferBytes or log less",
        new CallSiteArgument("Count", ArgumentKind.Int64),
        new CallSiteArgument("Category", ArgumentKind.String),
        new CallSiteArgument("Level", ArgumentKind.String));

    private static readonly CallSite SinkFailedSite = new(
        LogLevel.Error,
        9002,
        "SinkFailed",
        "Sink {Sink} failed; {Lost} records of it are lost so far, and it is tried again with increasing pauses",
        new CallSiteArgument("Sink", ArgumentKind.String),
        new CallSiteArgument("Lost", ArgumentKind.Int64),
        new CallSiteArgument("exception", ArgumentKind.Exception));

    public static void RecordsDropped(TrainLogger logger, long count, string category, LogLevel level)
    {
        if (!logger.IsEnabled(LogLevel.Warning))
        {
            return;
        }

        string levelName = level.ToString();
        RecordWriter record = logger.Begin(RecordsDroppedSite, LogLevel.Warning, sizeof(long) + RecordWriter.SizeOf(category) + RecordWriter.SizeOf(levelName));
        record.Write(count);
        record.Write(category);
        record.Write(levelName);
        record.Commit(LogLevel.Warning);
    }

    public static void SinkFailed(TrainLogger logger, string sink, long lost, Exception exception)
    {
        if (!logger.IsEnabled(LogLevel.Error))
        {
            return;
        }

        ExceptionText exceptionText = ExceptionText.Capture(exception);
        RecordWriter record = logger.Begin(SinkFailedSite, LogLevel.Error, RecordWriter.SizeOf(sink) + sizeof(long) + RecordWriter.SizeOf(exceptionText));
        record.Write(sink);
        record.Write(lost);
        record.Write(exceptionText);
        record.Commit(LogLevel.Error);
    }
}
