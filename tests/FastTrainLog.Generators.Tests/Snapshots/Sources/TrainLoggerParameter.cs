using FastTrainLog;
using Microsoft.Extensions.Logging;

namespace Features;

internal static partial class TrainLoggerParameter
{
    [TrainLog(1, LogLevel.Information, "Step {Step} loss {Loss:F4}", SkipEnabledCheck = true)]
    public static partial void Step(TrainLogger logger, long step, double loss);
}
