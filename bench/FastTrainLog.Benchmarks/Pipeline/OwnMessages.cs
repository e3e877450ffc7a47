using Microsoft.Extensions.Logging;

namespace FastTrainLog.Benchmarks.Pipeline;

/// <summary>The benchmark's line as FastTrainLog's users write it.</summary>
internal static partial class OwnMessages
{
    public const string Template = "Epoch {Epoch}, Step {Step} - Loss: {Loss:F6}, Accuracy: {Accuracy:F4}, LR: {LearningRate:E2}, Norm: {Norm:F4}, {Throughput:F1}/s";

    [TrainLog(1, LogLevel.Information, Template)]
    public static partial void Step(TrainLogger logger, int epoch, long step, double loss, double accuracy, double learningRate, float norm, double throughput);

    [TrainLog(2, LogLevel.Information, Template)]
    public static partial void StepThroughILogger(ILogger logger, int epoch, long step, double loss, double accuracy, double learningRate, float norm, double throughput);

    [TrainLog(3, LogLevel.Debug, Template)]
    public static partial void Disabled(TrainLogger logger, int epoch, long step, double loss, double accuracy, double learningRate, float norm, double throughput);
}
