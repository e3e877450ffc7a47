using System;
using System.Collections.Generic;
using FastTrainLog;
using Microsoft.Extensions.Logging;

namespace Features;

internal static partial class GenericMethods
{
    [TrainLog(1, LogLevel.Information, "{Value} and {Other}")]
    public static partial void Any<T, TOther>(ILogger logger, T value, TOther? other)
        where T : struct, IComparable<T>
        where TOther : class, new();

    [TrainLog(2, LogLevel.Information, "{Value}")]
    public static partial void Direct<T>(TrainLogger logger, T value);

    [TrainLog(3, LogLevel.Error, "{Value} {Items}")]
    public static partial void Constrained<T, TList, TFailure>(ILogger logger, T value, TList items, TFailure? failure)
        where T : unmanaged, Enum
        where TList : IEnumerable<T?>
        where TFailure : Exception;

    [TrainLog(4, LogLevel.Information, "{Value}")]
    public static partial void NotNull<TLogger, T>(TLogger logger, T value)
        where TLogger : class, ILogger
        where T : notnull;

    [TrainLog(5, LogLevel.Information, "{Value}")]
    public static partial void MaybeClass<T>(ILogger logger, T value)
        where T : class?;
}
