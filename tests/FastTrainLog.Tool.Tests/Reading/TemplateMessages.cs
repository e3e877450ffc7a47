using Microsoft.Extensions.Logging;

namespace FastTrainLog.Tool.Tests.Reading;

/// <summary>Calls whose messages are left out of lines of JSON, and made again.</summary>
internal static partial class TemplateMessages
{
    [TrainLog(1, LogLevel.Information, "{Whole} {Whole:N0} {Whole,12:D3}|{Whole,-12}| {Small:X} {Big:F2} {Bytes:bytes} {Flag}")]
    public static partial void Integers(TrainLogger logger, long whole, sbyte small, ulong big, long bytes, bool flag);

    [TrainLog(2, LogLevel.Information, "{A} {B:F4} {C:G6} {D:0.00e+00} {E,14:F3}|{F:P1}| {G:E3} {H:R} {{escaped}} }}{{")]
    public static partial void Doubles(TrainLogger logger, double a, double b, double c, double d, double e, double f, double g, double h);

    [TrainLog(3, LogLevel.Information, "{Single} {SingleFixed:F5} {Half} {Decimal} {DecimalFixed:F1} {Letter}")]
    public static partial void OtherNumbers(TrainLogger logger, float single, float singleFixed, Half half, decimal @decimal, decimal decimalFixed, char letter);

    [TrainLog(4, LogLevel.Information, "{Text} '{Text,20}' \"{Other,-9}\"[?, note {Note}] [not a section] [?nothing]")]
    public static partial void Texts(TrainLogger logger, string text, string? other, string? note);

    [TrainLog(5, LogLevel.Information, "{Span} {SpanShort:g} {SpanSeconds:ss\\.fff} {Time} {TimeDay:yyyy-MM-dd} {Id} {Level} {LevelNumber:D}")]
    public static partial void Others(TrainLogger logger, TimeSpan span, TimeSpan spanShort, TimeSpan spanSeconds, DateTime time, DateTime timeDay, Guid id, LogLevel level, LogLevel levelNumber);

    [TrainLog(6, LogLevel.Information, "loss {Loss:F3}[?, {Metrics}][?, {Fixed:F2}][?, at {Step}]")]
    public static partial void WithMetrics(TrainLogger logger, double loss, ReadOnlySpan<Metric> metrics, ReadOnlySpan<Metric> @fixed, long? step);

    [TrainLog(7, LogLevel.Information, "shape {Data} of {Size.Name} {Size.Width,6} in {Where}")]
    public static partial void Nested(TrainLogger logger, ReadOnlySpan<int> data, [LogFields] Box size, string where);

    [TrainLog(8, LogLevel.Information, "box {Box.Width:F1} by {Box.Depth.Value,8}")]
    public static partial void Paths(TrainLogger logger, [LogName("Box.Width")] double width, [LogName("Box.Depth.Value")] long depth);

    internal sealed record Box(int Width, string Name)
    {
        public override string ToString() => $"{Width} {Name}";
    }
}
