using Microsoft.Extensions.Logging;

namespace FastTrainLog.Crash.Child;

/// <summary>The records whose survival is tested.</summary>
internal static partial class ChildMessages
{
    [TrainLog(1, LogLevel.Information, "session {Session} thread {Thread} number {Number} {Text} {Value:F3}")]
    public static partial void Numbered(TrainLogger logger, int session, int thread, long number, string text, double value);

    [TrainLog(4, LogLevel.Warning, "session {Session} thread {Thread} number {Number} lasts")]
    public static partial void Lasting(TrainLogger logger, int session, int thread, long number);

    [TrainLog(6, LogLevel.Information, "session {Session} thread {Thread} again")]
    public static partial void Repeated(TrainLogger logger, int session, int thread);

    [TrainLog(5, LogLevel.Critical, "the last one")]
    public static partial void Critical(TrainLogger logger);

    [TrainLog(2, LogLevel.Information, "sampled {Number}", SampleEvery = 10)]
    public static partial void Sampled(ILogger logger, int number);

    [TrainLog(3, LogLevel.Information, "limited {Number}", FirstN = 2)]
    public static partial void Limited(ILogger logger, int number);
}
