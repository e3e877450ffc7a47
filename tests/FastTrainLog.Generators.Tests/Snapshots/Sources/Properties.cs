using System;
using FastTrainLog;
using Microsoft.Extensions.Logging;

namespace Features;

public sealed record Optimizer(string Name, [property: LogName("lr")] double LearningRate, [LogIgnore] object Internals);

public class Model
{
    public string Name { get; set; } = string.Empty;

    public DayOfWeek? Since { get; init; }

    [LogValues(3)]
    public float[] Shape { get; set; } = [];

    public ReadOnlyMemory<float> Weights { get; set; }
}

public sealed class Config : Model
{
    public int Seed { get; set; }

    public Optimizer? Optimizer { get; set; }

    public Range Range { get; set; }
}

public readonly struct Range
{
    public int Low { get; init; }

    public TimeSpan? High { get; init; }
}

public class Source
{
    public object? Path { get; init; }

    public int Files { get; init; }
}

public sealed class Folder : Source
{
    public new string Path { get; init; } = string.Empty;
}

public interface ISource
{
    object Kind { get; }
}

public interface IFolder : ISource
{
    new DayOfWeek Kind { get; }
}

internal static partial class Properties
{
    [TrainLog(1, LogLevel.Information, "run {config.Name} with {lr} for {Steps}")]
    public static partial void Start(ILogger logger, [LogFields] Config config, [LogName("run.steps")] int steps, [LogName("lr")] double rate);

    [TrainLog(2, LogLevel.Information, "range {Low}")]
    public static partial void Flat(TrainLogger logger, [LogFields(OmitReferenceName = true, MaxDepth = 1)] in Range range, Range? other);

    [TrainLog(3, LogLevel.Information, "")]
    public static partial void Maybe(ILogger logger, [LogFields(MaxDepth = 1)] Range? range);

    [TrainLog(4, LogLevel.Information, "{Rate,8:F1}|{rate,-6}|{rate}")]
    public static partial void Renamed(ILogger logger, [LogName("run.rate")] double rate);

    [TrainLog(5, LogLevel.Information, "")]
    public static partial void Hiding(TrainLogger logger, [LogFields] Folder folder, [LogFields] IFolder other);
}
