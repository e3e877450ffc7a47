using Microsoft.Extensions.Logging;

namespace FastTrainLog.Shipping;

/// <summary>What a shipper in the training process says in the log that it ships: an event for each kind of notice, from 9060 on.</summary>
internal static class ShipMessages
{
    private const int FirstEvent = 9060;

    /// <summary>Logs a notice.</summary>
    public static void Log(ILogger logger, ShipNotice notice) => logger.Log(
        notice.Kind == ShipNoticeKind.Available ? LogLevel.Information : LogLevel.Warning,
        new EventId(FirstEvent + (int)notice.Kind, $"Ship{notice.Kind}"),
        "Shipping to {Target}: {Reason}",
        notice.Target,
        notice.Message);
}
