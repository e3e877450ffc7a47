using System;
using System.IO;
using FastTrainLog;
using Microsoft.Extensions.Logging;

namespace Features;

internal static partial class Exceptions
{
    [TrainLog(1, LogLevel.Error, "failed at {Step}")]
    public static partial void Direct(Exception? failure, TrainLogger logger, int step);

    [TrainLog(2, LogLevel.Error, "failed at {Step}, {cleanup}")]
    public static partial void Two(ILogger logger, int step, IOException failure, Exception cleanup);
}
