using Microsoft.Extensions.Logging;

namespace FastTrainLog.Benchmarks.Micro;

internal static partial class LogFieldMessages
{
    [TrainLog(1, LogLevel.Information, "step {Step}")]
    public static partial void Plain(TrainLogger logger, long step);

    [TrainLog(2, LogLevel.Information, "step {Step}", SampleEvery = int.MaxValue)]
    public static partial void SampledOut(TrainLogger logger, long step);

    [TrainLog(3, LogLevel.Information, "step {Step}", SampleEvery = 2)]
    public static partial void EverySecond(TrainLogger logger, long step);

    [TrainLog(4, LogLevel.Information, "step {Step}", MaxPerSecond = 1)]
    public static partial void RateLimited(TrainLogger logger, long step);

    [TrainLog(5, LogLevel.Information, "user {User}")]
    public static partial void Text(TrainLogger logger, string user);

    [TrainLog(6, LogLevel.Information, "user {User}")]
    public static partial void Erased(TrainLogger logger, [ClassifiedUser] string user);

    [TrainLog(7, LogLevel.Information, "user {User}")]
    public static partial void Masked(TrainLogger logger, [SecretData] string user);

    [TrainLog(8, LogLevel.Information, "user {User}")]
    public static partial void Hashed(TrainLogger logger, [PersonalData] string user);

    [TrainLog(9, LogLevel.Information, "weights {Weights}")]
    public static partial void Summary(TrainLogger logger, ReadOnlySpan<float> weights);

    [TrainLog(10, LogLevel.Information, "weights {Weights}")]
    public static partial void Values(TrainLogger logger, [LogValues(16)] ReadOnlySpan<float> weights);
}
