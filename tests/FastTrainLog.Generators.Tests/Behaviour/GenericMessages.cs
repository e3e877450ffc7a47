using System.Numerics;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Generators.Tests.Behaviour;

internal static partial class GenericMessages
{
    [TrainLog(1, LogLevel.Information, "{Value:F1} and {Other}")]
    public static partial void Pair<TValue, TOther>(ILogger logger, TValue value, TOther? other)
        where TValue : struct, IFormattable
        where TOther : class;

    [TrainLog(2, LogLevel.Information, "{Values}; {First}")]
    public static partial void Numbers<T>(ILogger logger, ReadOnlySpan<T> values, [LogValues(2)] T[] first)
        where T : unmanaged, INumber<T>;

    [TrainLog(4, LogLevel.Information, "{Count} of {Names}")]
    public static partial void Params(ILogger logger, int count, params string?[] names);
}

internal readonly partial struct GenericHolder<T>(ILogger log)
{
    [TrainLog(3, LogLevel.Information, "{Item} of {Kind}", SampleEvery = 2)]
    public partial void Held(T item, [LogName("holder.kind")] string kind);
}
