using Microsoft.Extensions.Logging;

namespace FastTrainLog.Integrations.Tests.ZLogger;

/// <summary>The calls by this library's generator.</summary>
internal static partial class OfTrainLog
{
    [TrainLog(1, LogLevel.Information, "step {step}: loss {loss:F4} at {rate}")]
    public static partial void Numbers(ILogger logger, int step, double loss, float rate);

    [TrainLog(2, LogLevel.Information, "{least,22} {small:D5} {exact} {most:X}")]
    public static partial void MoreNumbers(ILogger logger, long least, byte small, decimal exact, ulong most);

    [TrainLog(3, LogLevel.Error, "{name}|{note}|{letter}|{flag}")]
    public static partial void Texts(ILogger logger, string name, string? note, char letter, bool flag);

    [TrainLog(4, LogLevel.Warning, "{when:yyyy-MM-dd HH:mm:ss.fff} {waited} {id}")]
    public static partial void Times(ILogger logger, DateTime when, TimeSpan waited, Guid id);

    [TrainLog(5, LogLevel.Critical, "{epoch}|{step}|{loss}")]
    public static partial void Values(ILogger logger, int? epoch, long? step, double? loss);

    [TrainLog(6, LogLevel.Information, "{day} {other}")]
    public static partial void Day(ILogger logger, DayOfWeek day, DayOfWeek other);
}
