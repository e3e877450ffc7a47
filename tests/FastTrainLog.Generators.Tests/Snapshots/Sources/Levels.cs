using FastTrainLog;
using Microsoft.Extensions.Logging;

namespace Features;

internal static partial class Levels
{
    [TrainLog("step {Step}")]
    public static partial void FromParameter(ILogger logger, LogLevel level, int step);

    [TrainLog("step {Step}", EventName = "Named")]
    public static partial void FromParameterDirect(TrainLogger logger, LogLevel severity, int step);

    [TrainLog(Level = (LogLevel)42, Message = "odd")]
    public static partial void Odd(ILogger logger);

    [TrainLog(LogLevel.Critical)]
    public static partial void NoMessage(TrainLogger logger, int step);

    [TrainLog(LogLevel.Critical, "other {other}")]
    public static partial void OtherLevel(TrainLogger logger, LogLevel other);
}
