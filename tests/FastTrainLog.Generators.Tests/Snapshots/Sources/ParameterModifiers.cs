using System;
using FastTrainLog;
using Microsoft.Extensions.Logging;

namespace Features;

internal static partial class ParameterModifiers
{
    [TrainLog(1, LogLevel.Information, "{A} {B} {C}")]
    public static partial void References(ILogger logger, in int a, ref readonly DateTime b, ref long c);

    [TrainLog(2, LogLevel.Information, "{A} {B}")]
    public static partial void Arrays(ILogger logger, string a = "x", params int?[] b);

    [TrainLog(3, LogLevel.Information, "{A}")]
    public static partial void Scoped(ILogger logger, scoped ReadOnlySpan<char> a, scoped in int b);
}
