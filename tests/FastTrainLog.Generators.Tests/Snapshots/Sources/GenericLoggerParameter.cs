using FastTrainLog;
using Microsoft.Extensions.Logging;

namespace Features;

internal sealed partial class GenericLoggerParameter
{
    [TrainLog(1, LogLevel.Information, "started")]
    public static partial void Started(ILogger<GenericLoggerParameter> logger);

    [TrainLog(2, LogLevel.Information, "ended", SkipEnabledCheck = true)]
    private static partial void Ended(ILogger<GenericLoggerParameter> logger);
}
