using System;
using System.Numerics;
using FastTrainLog;
using Microsoft.Extensions.Logging;

namespace Features;

internal static partial class Numbers
{
    [TrainLog(1, LogLevel.Information, "{Weights:F3} {Mask}")]
    public static partial void Spans(TrainLogger logger, ReadOnlySpan<float> weights, Span<byte> mask);

    [TrainLog(2, LogLevel.Information, "{Weights:F3} {First}")]
    public static partial void Marked(ILogger logger, [LogSummary] double[]? weights, ReadOnlyMemory<Half> memory, [LogValues(16)] int[]? first, [LogValues(4)] Memory<float> some);

    [TrainLog(3, LogLevel.Information, "{Values}")]
    public static partial void Generic<T>(ILogger<int> logger, ReadOnlySpan<T> values, [LogValues(8)] ReadOnlySpan<T> first)
        where T : unmanaged, INumber<T>;
}
