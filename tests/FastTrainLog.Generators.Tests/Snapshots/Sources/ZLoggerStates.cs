// ZLogger
using System;
using FastTrainLog;
using Microsoft.Extensions.Logging;

namespace Features;

public sealed record Day(int Hour, [SecretData] string Note);

internal static partial class ZLoggerStates
{
    [TrainLog(1, LogLevel.Information, "step {Step} {Rate:F2} of {Run} in {Phase}")]
    public static partial void Step(ILogger logger, int step, double? rate, string? run, DayOfWeek? phase, object other);

    [TrainLog(2, LogLevel.Information, "started")]
    public static partial void Started(ILogger logger);

    [TrainLog(3, LogLevel.Information, "{Item} {Metrics}")]
    public static partial void Generic<T>(ILogger<int> logger, T item, Metric[] metrics, ReadOnlySpan<char> text);

    [TrainLog(4, LogLevel.Information, "{Weights:F2} {First} {day.Hour}", FirstN = 3)]
    public static partial void Fields(ILogger logger, ReadOnlySpan<float> weights, [LogValues(2)] int[] first, [SecretData] string key, [LogFields(MaxDepth = 1)] Day day);

    [TrainLog(6, LogLevel.Information, "{First,6:F2} {Size:bytes}")]
    public static partial void InOrder(ILogger logger, double? first, long? size);

    [TrainLog(5, LogLevel.Information, "done[? in {Seconds:F1} s]")]
    public static partial void Done(ILogger logger, double? seconds);
}
