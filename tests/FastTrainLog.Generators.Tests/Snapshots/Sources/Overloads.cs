using FastTrainLog;
using Microsoft.Extensions.Logging;

namespace Features;

internal static partial class Overloads
{
    [TrainLog(1, LogLevel.Information, "{A}")]
    public static partial void Log(ILogger logger, int a);

    [TrainLog(2, LogLevel.Information, "{A}")]
    public static partial void Log(ILogger logger, string a);

    [TrainLog(3, LogLevel.Information, "{A} {B}", EventName = "Both", SkipEnabledCheck = true)]
    public static partial void Log(ILogger logger, string a, int b);
}
