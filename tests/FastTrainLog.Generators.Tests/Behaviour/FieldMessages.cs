using Microsoft.Extensions.Logging;

namespace FastTrainLog.Generators.Tests.Behaviour;

internal sealed record Schedule(string Kind, [property: LogName("warmup.steps")] int Warmup);

internal sealed record Hyperparameters(string Name, double Rate, Phase Phase, Schedule? Schedule, [property: LogValues(2)] int[] Layers, object? Note, [LogIgnore] string Scratch);

internal sealed record Login([PersonalData] string User, [SecretData] string? Password, int Attempts);

/// <summary>A classification of the user's, below another.</summary>
internal sealed class PatientDataAttribute : PersonalRecordAttribute;

internal class PersonalRecordAttribute : ClassifiedDataAttribute;

internal static partial class FieldMessages
{
    [TrainLog(1, LogLevel.Information, "weights {Weights:F2}; {Indices}")]
    public static partial void Spans(ILogger logger, ReadOnlySpan<float> weights, [LogValues(3)] int[]? indices);

    [TrainLog(2, LogLevel.Information, "{memory} {array}")]
    public static partial void Memory(TrainLogger logger, ReadOnlyMemory<double> memory, [LogSummary] long[] array, TensorSummary given, [LogValues(4)] Span<Half> halves);

    [TrainLog(3, LogLevel.Information, "{config.Name} at {rate:F1} for {config.Schedule.warmup.steps}")]
    public static partial void Config(ILogger logger, [LogFields] Hyperparameters? config, [LogName("run.rate")] double rate, int seed);

    [TrainLog(4, LogLevel.Information, "{User} with {Token}")]
    public static partial void Classified(ILogger logger, [PersonalData] string? user, [SecretData] Guid token, [PatientData] int age);

    [TrainLog(5, LogLevel.Information, "login after {login.Attempts}")]
    public static partial void Nested(ILogger logger, [LogFields] Login login);

    [TrainLog(6, LogLevel.Information, "{User}")]
    public static partial void Direct(TrainLogger logger, [PersonalData] ReadOnlySpan<char> user);

    [TrainLog(7, LogLevel.Information, "{Codes} {Names} {First} {Weights} {Rates}")]
    public static partial void Several(ILogger logger, [SecretData] int[] codes, [SecretData] List<string> names, [SecretData, LogValues(2)] int[] first, [SecretData] ReadOnlySpan<float> weights, [SecretData] ReadOnlySpan<Metric> rates);
}
