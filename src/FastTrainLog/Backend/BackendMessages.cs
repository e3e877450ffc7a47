using FastTrainLog.Records;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Backend;

/// <summary>The backend's own messages, logged in the system category like any others.</summary>
internal static partial class BackendMessages
{
    // Not generated: recoveries write and read such records too.
    public static void RecordsDropped(TrainLogger logger, long count, string category, LogLevel level)
    {
        RecordWriter record = logger.Begin(DropReport.Site.HeaderBits, LogLevel.Warning, DropReport.ArgumentBytes(category));
        DropReport.Write(ref record, count, category, level);
        record.Commit(LogLevel.Warning);
    }

    [TrainLog(9002, LogLevel.Error, "Sink {Sink} failed; {Lost} records of it are lost so far, and it is retried with increasing pauses")]
    public static partial void SinkFailed(TrainLogger logger, string sink, long lost, Exception exception);

    [TrainLog(9003, LogLevel.Warning, "Recovered {Records} records of process {ProcessId}, which ended without closing its log", EventName = "JournalRecovered")]
    public static partial void JournalRecovered(TrainLogger logger, long records, int processId);

    [TrainLog(9004, LogLevel.Error, "Journal {Path} was not recovered in full: {Problem}", EventName = "JournalDamaged")]
    public static partial void JournalDamaged(TrainLogger logger, string path, string problem);

    [TrainLog(9016, LogLevel.Error, "Journal {Path}: {Trouble}", EventName = "JournalTrouble")]
    public static partial void JournalTrouble(TrainLogger logger, string path, string trouble);

    [TrainLog(9017, LogLevel.Warning, "Process {ProcessId} on {Host} wrote {Directory} before this one, did not close its log, and its journal cannot be found from here: {Reason}", EventName = "JournalMissing")]
    public static partial void JournalMissing(TrainLogger logger, int processId, string host, string directory, string reason);

    [TrainLog(9005, LogLevel.Warning, "There is no journal, so a killed process will lose what is not written yet: {Reason}", EventName = "JournalOff")]
    public static partial void JournalOff(TrainLogger logger, string reason);

    [TrainLog(9006, LogLevel.Error, "Sink {Sink} hangs: it has not returned from a call for {Seconds:F1} s; the log continues without it, and its records are lost once its queue is full")]
    public static partial void SinkHangs(TrainLogger logger, string sink, double seconds);

    [TrainLog(9007, LogLevel.Warning, "Sink {Sink} hung and continues; {Lost} records of it are lost so far")]
    public static partial void SinkGoesOn(TrainLogger logger, string sink, long lost);

    [TrainLog(9013, LogLevel.Warning, "File {File} is written again, after {Seconds:F1} s; {Lost} records of it are lost so far")]
    public static partial void FileGoesOn(TrainLogger logger, string file, double seconds, long lost);

    [TrainLog(9014, LogLevel.Error, "File {File} cannot be rotated and keeps growing; it is retried each second: {Reason}")]
    public static partial void RotationFailed(TrainLogger logger, string file, string reason);

    [TrainLog(9023, LogLevel.Warning, "The snapshot of the killed run {RunId} could not be given its end: {Reason}", EventName = "SnapshotNotEnded")]
    public static partial void SnapshotNotEnded(TrainLogger logger, string runId, string reason);
}
