using Microsoft.Extensions.Logging;
using ZLogger;

namespace FastTrainLog.Integrations.Tests.ZLogger;

/// <summary>The calls by ZLogger's own generator.</summary>
internal static partial class OfZLogger
{
    [ZLoggerMessage(1, LogLevel.Information, "step {step}: loss {loss:F4} at {rate}")]
    public static partial void Numbers(ILogger logger, int step, double loss, float rate);

    [ZLoggerMessage(2, LogLevel.Information, "{least,22} {small:D5} {exact} {most:X}")]
    public static partial void MoreNumbers(ILogger logger, long least, byte small, decimal exact, ulong most);

    [ZLoggerMessage(3, LogLevel.Error, "{name}|{note}|{letter}|{flag}")]
    public static partial void Texts(ILogger logger, string name, string? note, char letter, bool flag);

    [ZLoggerMessage(4, LogLevel.Warning, "{when:yyyy-MM-dd HH:mm:ss.fff} {waited} {id}")]
    public static partial void Times(ILogger logger, DateTime when, TimeSpan waited, Guid id);

    [ZLoggerMessage(5, LogLevel.Critical, "{epoch}|{step}|{loss}")]
    public static partial void Values(ILogger logger, int? epoch, long? step, double? loss);

    [ZLoggerMessage(6, LogLevel.Information, "{day} {other}")]
    public static partial void Day(ILogger logger, DayOfWeek day, DayOfWeek other);
}
