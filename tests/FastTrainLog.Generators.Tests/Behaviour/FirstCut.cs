using Microsoft.Extensions.Logging;

namespace FastTrainLog.Generators.Tests.Behaviour;

internal enum Phase
{
    Warmup = 1,
    Steady = 2,
    Negative = -3,
}

[Flags]
internal enum Parts : byte
{
    None = 0,
    Weights = 1,
    Optimizer = 2,
    All = 3,
}

internal enum SignedByte : sbyte { Least = sbyte.MinValue }

internal enum Short : short { Least = short.MinValue }

internal enum UnsignedShort : ushort { Most = ushort.MaxValue }

internal enum Unsigned : uint { Most = uint.MaxValue }

internal enum Long : long { Least = long.MinValue }

internal enum UnsignedLong : ulong { Most = ulong.MaxValue }

internal static partial class FirstCut
{
    [TrainLog(LogLevel.Information, "{A} {B} {C} {D,7} {E} {F:D}")]
    public static partial void Enums(ILogger logger, SignedByte a, Short b, UnsignedShort c, Unsigned d, Long e, UnsignedLong f);

    [TrainLog(LogLevel.Information, "{Took:c} {Id:N} {Ratio:F2} {Money} {Letter} {Is}")]
    public static partial void Values(ILogger logger, TimeSpan took, Guid id, Half ratio, decimal money, char letter, bool @is);

    [TrainLog(1, LogLevel.Information, "Step {Step} loss {Loss:F4}")]
    public static partial void Direct(TrainLogger logger, long step, double loss);

    [TrainLog(2, LogLevel.Warning, "Step {Step} of {run} loss {Loss,10:F4} {{ok}}", EventName = "AnyStep")]
    public static partial void Any(this ILogger logger, long step, string? run, double loss);

    [TrainLog(LogLevel.Error, "{Phase} {Parts} {At:yyyy-MM-dd} {Took} {Id} {Ratio} {Epoch} {Maybe}")]
    public static partial void Kinds(
        TrainLogger logger, Phase phase, Parts parts, DateTime at, TimeSpan took, Guid id, Half ratio, int? epoch, bool? maybe, DateTimeOffset stamp, decimal money, nint size, char letter);

    [TrainLog("At {Point:F1} of {Names} with {Other}")]
    public static partial void Texts(ILogger logger, LogLevel level, Point point, string[] names, object? other, Exception? failure);

    [TrainLog(7, LogLevel.Information, "Metrics {metrics:F2}")]
    public static partial void Metrics(ILogger logger, params ReadOnlySpan<Metric> metrics);

    [TrainLog(8, LogLevel.Information, "Text {record} {direct} {level}")]
    public static partial void Collisions(ILogger logger, ReadOnlySpan<char> record, int direct, int level, object recordText);
}
