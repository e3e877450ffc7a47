using Microsoft.Extensions.Logging;

namespace FastTrainLog.Generators.Tests.Behaviour;

internal static partial class SectionMessages
{
    // Rendered as LoggerMessage.Define does.
    [TrainLog(1, LogLevel.Information, "Step {Step}[?, accuracy {Accuracy,8:F4}][? of {Total} in {Run}] {{[?]}} [?open {Note}")]
    public static partial void InOrder(ILogger logger, int step, double? accuracy, long? total, string? run, string note);

    // Rendered as a struct generated for [LoggerMessage] does.
    [TrainLog(2, LogLevel.Information, "[?{Metrics}: ]step {Step}[? of {Epochs}][?, sizes {sizes}]")]
    public static partial void InAnyOrder(ILogger logger, int step, int epochs, Metric[] metrics, int[]? sizes);
}
