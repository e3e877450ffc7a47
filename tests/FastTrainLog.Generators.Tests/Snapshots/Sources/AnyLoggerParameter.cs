using FastTrainLog;
using Microsoft.Extensions.Logging;

namespace Features;

internal static partial class AnyLoggerParameter
{
    [TrainLog(1, LogLevel.Information, "Step {Step} loss {Loss:F4} in {Phase}")]
    public static partial void Step(this ILogger logger, long step, double loss, string? phase);
}
