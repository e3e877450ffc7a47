using FastTrainLog;
using Microsoft.Extensions.Logging;

namespace Features
{
    internal static partial class PartialOverFiles
    {
        [TrainLog(1, LogLevel.Information, "first")]
        public static partial void First(TrainLogger logger);
    }
}

namespace Features
{
    internal static partial class PartialOverFiles
    {
        [TrainLog(2, LogLevel.Information, "second")]
        public static partial void Second(TrainLogger logger);
    }
}
