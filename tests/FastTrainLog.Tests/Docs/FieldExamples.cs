using Microsoft.Extensions.Logging;

namespace FastTrainLog.Tests.Docs;

// #record
public sealed record Optimizer(string Name, [property: LogName("lr")] double LearningRate);

public sealed record RunConfig(string Model, int BatchSize, Optimizer Optimizer, [SecretData] string StorageKey);
// #

// #classification
public sealed class PatientDataAttribute : ClassifiedDataAttribute;
// #

internal static partial class FieldExamples
{
    // #sampling
    [TrainLog(10, LogLevel.Debug, "Batch {Batch} took {Milliseconds:F2} ms", SampleEvery = 1000)]
    public static partial void Batch(this ILogger logger, long batch, double milliseconds);

    [TrainLog(11, LogLevel.Warning, "The loader was late by {Milliseconds:F1} ms, {Suppressed} times more before", MaxPerSecond = 1)]
    public static partial void LoaderLate(this ILogger logger, double milliseconds);

    [TrainLog(12, LogLevel.Warning, "No shared memory: {Reason}", FirstN = 1)]
    public static partial void NoSharedMemory(this ILogger logger, string reason);
    // #

    // #numbers
    [TrainLog(13, LogLevel.Information, "Activations of {Layer}: {Values:F3}, classes {Classes}")]
    public static partial void Activations(this ILogger logger, string layer, ReadOnlySpan<float> values, [LogValues(10)] int[] classes);
    // #

    // #properties
    [TrainLog(14, LogLevel.Information, "Run of {config.Model} at {config.Optimizer.lr}")]
    public static partial void Configured(this ILogger logger, [LogFields] RunConfig config);
    // #

    // #classified
    [TrainLog(15, LogLevel.Information, "{User} loaded scan {Scan}")]
    public static partial void Loaded(this ILogger logger, [PersonalData] string user, [PatientData] string scan);
    // #
}
