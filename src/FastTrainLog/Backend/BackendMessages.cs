using Microsoft.Extensions.Logging;

namespace FastTrainLog.Backend;

/// <summary>What the backend has to say of itself, logged like anything else in the system category.</summary>
internal static partial class BackendMessages
{
    [TrainLog(9001, LogLevel.Warning, "{Count} records of {Category} at {Level} were dropped because the log could not keep up; raise TrainLogOptions.BufferBytes or log less")]
    public static partial void RecordsDropped(TrainLogger logger, long count, string category, LogLevel level);

    [TrainLog(9002, LogLevel.Error, "Sink {Sink} failed; {Lost} records of it are lost so far, and it is tried again with increasing pauses")]
    public static partial void SinkFailed(TrainLogger logger, string sink, long lost, Exception exception);

    [TrainLog(9003, LogLevel.Warning, "Recovered {Records} records of process {ProcessId}, which ended without closing its log", EventName = "JournalRecovered")]
    public static partial void JournalRecovered(TrainLogger logger, long records, int processId);

    [TrainLog(9004, LogLevel.Error, "Journal {Path} is damaged: {Problem}", EventName = "JournalDamaged")]
    public static partial void JournalDamaged(TrainLogger logger, string path, string problem);

    [TrainLog(9005, LogLevel.Warning, "There is no journal, so a killed process will lose what is not written yet: {Reason}", EventName = "JournalOff")]
    public static partial void JournalOff(TrainLogger logger, string reason);

    [TrainLog(9006, LogLevel.Error, "Sink {Sink} hangs: it has not come back from a call for {Seconds:F1} s; the log goes on without it, and its records are lost once its queue is full")]
    public static partial void SinkHangs(TrainLogger logger, string sink, double seconds);

    [TrainLog(9007, LogLevel.Warning, "Sink {Sink} hung and goes on; {Lost} records of it are lost so far")]
    public static partial void SinkGoesOn(TrainLogger logger, string sink, long lost);

    [TrainLog(EventId = 9008, Message = "{Count} calls of {Event} were suppressed after its last record")]
    public static partial void CallsSuppressed(ILogger logger, LogLevel level, long count, string @event);
}
