using Microsoft.Extensions.Logging;

namespace FastTrainLog.Generators.Tests.Behaviour;

internal static partial class SampledMessages
{
    [TrainLog(1, LogLevel.Information, "Step {Step}", SampleEvery = 10)]
    public static partial void Every(ILogger logger, int step);

    [TrainLog(2, LogLevel.Information, "Step {Step}, {Suppressed} before", FirstN = 3, SampleEvery = 5)]
    public static partial void FirstThenEvery(TrainLogger logger, int step);

    [TrainLog(3, LogLevel.Warning, "Only {Step}", FirstN = 2)]
    public static partial void First(ILogger logger, int step);

    [TrainLog(4, LogLevel.Information, "Step {Step}", MaxPerSecond = 2)]
    public static partial void Rate(TrainLogger logger, int step);

    [TrainLog(5, LogLevel.Debug, "Step {Step}", SampleEvery = 2)]
    public static partial void Quiet(TrainLogger logger, int step);

    [TrainLog(6, LogLevel.Information, "Step {Step}", SampleEvery = 7)]
    public static partial void Threads(TrainLogger logger, int step);

    [TrainLog(7, LogLevel.Information, "Step {Step}", SampleEvery = 10)]
    public static partial void Foreign(ILogger logger, int step);

    [TrainLog(8, LogLevel.Information, "Step {Step}", SampleEvery = 10)]
    public static partial void Ending(TrainLogger logger, int step);

    [TrainLog(98, LogLevel.Information, "{Step}", SampleEvery = 1)]
    public static partial void All(ILogger logger, int step);
}
