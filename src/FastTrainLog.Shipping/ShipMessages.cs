using Microsoft.Extensions.Logging;

namespace FastTrainLog.Shipping;

/// <summary>What a shipper in the training process says in the log that it ships.</summary>
internal static partial class ShipMessages
{
    /// <summary>Logs a notice.</summary>
    public static void Log(ILogger logger, ShipNotice notice)
    {
        switch (notice.Kind)
        {
            case ShipNoticeKind.Unavailable:
                Unavailable(logger, notice.Target, notice.Message);
                break;
            case ShipNoticeKind.Available:
                Available(logger, notice.Target, notice.Message);
                break;
            case ShipNoticeKind.Quarantined:
                Quarantined(logger, notice.Target, notice.Message);
                break;
            case ShipNoticeKind.Lost:
                Lost(logger, notice.Target, notice.Message);
                break;
            case ShipNoticeKind.Unreadable:
                Unreadable(logger, notice.Target, notice.Message);
                break;
            default:
                Cursor(logger, notice.Target, notice.Message);
                break;
        }
    }

    [TrainLog(9060, LogLevel.Warning, "Shipping to {Target}: {Reason}", EventName = "ShipUnavailable")]
    private static partial void Unavailable(ILogger logger, string target, string reason);

    [TrainLog(9061, LogLevel.Information, "Shipping to {Target}: {Reason}", EventName = "ShipAvailable")]
    private static partial void Available(ILogger logger, string target, string reason);

    [TrainLog(9062, LogLevel.Warning, "Shipping to {Target}: {Reason}", EventName = "ShipQuarantined")]
    private static partial void Quarantined(ILogger logger, string target, string reason);

    [TrainLog(9063, LogLevel.Warning, "Shipping to {Target}: {Reason}", EventName = "ShipLost")]
    private static partial void Lost(ILogger logger, string target, string reason);

    [TrainLog(9064, LogLevel.Warning, "Shipping to {Target}: {Reason}", EventName = "ShipUnreadable")]
    private static partial void Unreadable(ILogger logger, string target, string reason);

    [TrainLog(9065, LogLevel.Warning, "Shipping to {Target}: {Reason}", EventName = "ShipCursor")]
    private static partial void Cursor(ILogger logger, string target, string reason);
}
