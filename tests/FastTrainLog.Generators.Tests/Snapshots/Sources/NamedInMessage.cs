using System;
using FastTrainLog;
using Microsoft.Extensions.Logging;

namespace Features;

#pragma warning disable FTL0002, FTL0013, FTL0018
internal static partial class NamedInMessage
{
    [TrainLog("{Level} {Failure} {Logger}")]
    public static partial void All(ILogger logger, LogLevel level, Exception failure);
}
