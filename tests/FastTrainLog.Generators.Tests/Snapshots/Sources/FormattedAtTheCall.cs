using System;
using System.Collections.Generic;
using System.Net;
using FastTrainLog;
using Microsoft.Extensions.Logging;

namespace Features;

internal static partial class FormattedAtTheCall
{
    [TrainLog(1, LogLevel.Information, "{Address} {Wide:X} {Names} {Anything} {Tuple}")]
    public static partial void Defined(ILogger logger, IPAddress address, UInt128 wide, string[] names, object? anything, (int X, string? Y) tuple);

    [TrainLog(2, LogLevel.Information, "{Names} {Date:yyyy}")]
    public static partial void Others(ILogger logger, DateOnly? date, IEnumerable<KeyValuePair<string, int>> names, int unused);
}
