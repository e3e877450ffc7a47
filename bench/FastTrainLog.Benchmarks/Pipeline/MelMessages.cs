using Microsoft.Extensions.Logging;

namespace FastTrainLog.Benchmarks.Pipeline;

/// <summary>The benchmark's line as users of the platform's generator write it.</summary>
internal static partial class MelMessages
{
    [LoggerMessage(1, LogLevel.Information, OwnMessages.Template)]
    public static partial void Step(ILogger logger, int epoch, long step, double loss, double accuracy, double learningRate, float norm, double throughput);
}
