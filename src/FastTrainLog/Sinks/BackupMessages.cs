using Microsoft.Extensions.Logging;

namespace FastTrainLog.Sinks;

/// <summary>The log's messages about its rotated files.</summary>
internal static partial class BackupMessages
{
    /// <summary>The event that replaces deleted records in a file.</summary>
    public const int RecordsLeftOut = 9020;

    [TrainLog(9011, LogLevel.Warning, "Rotated log files could not be compressed or deleted, and will be retried: {Reason}", EventName = "BackupsFailed")]
    public static partial void Failed(ILogger logger, string reason);

    [TrainLog(9012, LogLevel.Information, "Deleted {Count} rotated log files of {Bytes:bytes}: older than TrainLogOptions.MaxBackupAge or beyond MaxTotalBackupSize", EventName = "BackupsDeleted")]
    public static partial void Deleted(ILogger logger, int count, long bytes);

    [TrainLog(
        9070,
        LogLevel.Warning,
        "{Count} rotated log files of {Bytes:bytes} had to go before a shipper had read them: it was kept back beyond the limits, and these as far as was allowed; look at its target, or raise TrainLogOptions.MaxTotalBackupSize",
        EventName = "BackupsDeletedUnread")]
    public static partial void DeletedUnread(ILogger logger, int count, long bytes);

    [TrainLog(
        9018,
        LogLevel.Warning,
        "Rotated log files have {Bytes:bytes} of the {Limit:bytes} that TrainLogOptions.MaxTotalBackupSize allows; at the limit the oldest steps are left out of run.jsonl: raise it, or free the directory of older runs",
        EventName = "BackupsNearLimit")]
    public static partial void NearLimit(ILogger logger, long bytes, long limit);

    [TrainLog(
        9019,
        LogLevel.Warning,
        "Rotated log files had come to TrainLogOptions.MaxTotalBackupSize ({Limit:bytes}): of the {Count} oldest ones of run.jsonl only what outlives the steps is left, {Freed:bytes} are free again",
        EventName = "BackupsReduced")]
    public static partial void Reduced(ILogger logger, int count, long freed, long limit);
}
