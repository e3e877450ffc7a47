// C# 13
using System;
using FastTrainLog;
using Microsoft.Extensions.Logging;

namespace Features;

internal static partial class Metrics
{
    [TrainLog(1, LogLevel.Information, "step {Step}: {Metrics:F3}")]
    public static partial void Direct(TrainLogger logger, int step, params ReadOnlySpan<Metric> metrics);

    [TrainLog(2, LogLevel.Information, "step {Step}: {Metrics:F3} {Text}")]
    public static partial void Any(ILogger logger, int step, Metric[] metrics, Span<Metric> more, ReadOnlySpan<char> text);
}
