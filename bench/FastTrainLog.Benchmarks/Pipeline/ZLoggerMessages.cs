using Microsoft.Extensions.Logging;
using ZLogger;

namespace FastTrainLog.Benchmarks.Pipeline;

/// <summary>The benchmark's line as ZLogger's users write it.</summary>
internal static partial class ZLoggerMessages
{
    [ZLoggerMessage(1, LogLevel.Information, "Epoch {epoch}, Step {step} - Loss: {loss:F6}, Accuracy: {accuracy:F4}, LR: {learningRate:E2}, Norm: {norm:F4}, {throughput:F1}/s")]
    public static partial void Step(ILogger logger, int epoch, long step, double loss, double accuracy, double learningRate, float norm, double throughput);
}
