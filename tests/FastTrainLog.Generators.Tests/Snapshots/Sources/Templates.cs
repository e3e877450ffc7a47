using System;
using FastTrainLog;
using Microsoft.Extensions.Logging;

namespace Features;

internal static partial class Templates
{
    [TrainLog(1, LogLevel.Information, "{{literal}} {A,10:F4} { B , -6 } \"quoted\" \\ {At:yyyy\\-MM HH:mm} \t{{{A}}}\r\n")]
    public static partial void Escapes(ILogger logger, double a, string b, DateTime at);

    [TrainLog(2, LogLevel.Information, """raw {A} "x" \n {@Object}""")]
    public static partial void Raw(ILogger logger, object @object, int a);

    [TrainLog(3, LogLevel.Information, "braces {{only}}")]
    public static partial void Braces(ILogger logger);

    [TrainLog(4, LogLevel.Information, "braces {{only}}")]
    public static partial void BracesWithProperty(ILogger logger, int a);

    [TrainLog(5, LogLevel.Information, "ü 日本 😀 {A} \u2028")]
    public static partial void Unicode(ILogger logger, int a);

    [TrainLog(6, LogLevel.Information, "{A} {A:F2} {A,3}")]
    public static partial void Repeated(ILogger logger, double a);
}
