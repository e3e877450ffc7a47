using FastTrainLog;
using Microsoft.Extensions.Logging;

internal static partial class GlobalNamespace
{
    [TrainLog(1, LogLevel.Information, "global")]
    public static partial void Logged(ILogger logger);
}
