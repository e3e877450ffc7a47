using System;
using FastTrainLog;
using Microsoft.Extensions.Logging;

namespace Features;

internal static partial class Sampling
{
    [TrainLog(1, LogLevel.Information, "step {Step}", SampleEvery = 100)]
    public static partial void Every(TrainLogger logger, int step);

    [TrainLog(2, LogLevel.Warning, "step {Step}, {Suppressed} more before", MaxPerSecond = 10)]
    public static partial void Rate(ILogger logger, int step);

    [TrainLog("step {Step}", FirstN = 5, SampleEvery = 1000, SkipEnabledCheck = true)]
    public static partial void FirstThenEvery(ILogger<int>? logger, LogLevel level, int step);

    [TrainLog(4, LogLevel.Warning, "no shared memory", FirstN = 1)]
    public static partial void Once(TrainLogger? logger);
}
