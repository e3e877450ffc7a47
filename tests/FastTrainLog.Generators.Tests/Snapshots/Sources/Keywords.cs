using FastTrainLog;
using Microsoft.Extensions.Logging;

namespace Features;

internal static partial class @class
{
    [TrainLog(1, LogLevel.Information, "{event} {Class} {value}")]
    public static partial void @new(ILogger @object, int @class, string @event, int value, bool @if);

    [TrainLog(2, LogLevel.Information, "{record} {direct}")]
    public static partial void Locals(ILogger level, int record, object direct, int logger, object directText);

    [TrainLog(3, LogLevel.Information, "{x}")]
    public static partial void Suffixes(TrainLogger record, int record_, object? x);
}
