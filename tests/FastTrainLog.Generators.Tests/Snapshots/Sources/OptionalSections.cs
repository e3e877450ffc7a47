using FastTrainLog;
using Microsoft.Extensions.Logging;

namespace Features;

internal static partial class OptionalSections
{
    [TrainLog(1, LogLevel.Information, "Step {Step}[?, accuracy {Accuracy:F4}][? of {Total,5} in {Run}] {{[?]}}")]
    public static partial void InOrder(ILogger logger, int step, double? accuracy, long? total, string? run);

    [TrainLog(2, LogLevel.Information, "[?{Metrics}: ]step {Step}[? of {Epochs}]")]
    public static partial void InAnyOrder(ILogger logger, int step, int epochs, Metric[] metrics);
}
