using FastTrainLog;
using Microsoft.Extensions.Logging;

namespace Features;

internal static partial class NullableLogger
{
    [TrainLog(1, LogLevel.Information, "any")]
    public static partial void Any(ILogger? logger);

    [TrainLog(2, LogLevel.Information, "own")]
    public static partial void Own(TrainLogger? logger);
}
