using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Xunit;
using ZLogger;
using ZLogger.Formatters;

namespace FastTrainLog.Integrations.Tests.ZLogger;

/// <summary>[TrainLog] methods on a logger of ZLogger's, without FastTrainLog's pipeline.</summary>
public sealed partial class AttributedMethodTests
{
    private static readonly InvalidOperationException Failure = new("boo");

    private static readonly Dictionary<string, Action<ILogger, int>> AllCalls = new()
    {
        ["numbers and an enum"] = static (logger, i) => Numbers(logger, i, 0.5, DayOfWeek.Friday, i % 2 == 0 ? null : i),
        ["nullable values"] = static (logger, i) => Nullables(logger, i % 2 == 0 ? null : i, i % 2 == 0 ? 0.5 : null, i % 2 == 0 ? null : DayOfWeek.Friday),
        ["seven parameters"] = static (logger, i) => Seven(logger, i, i % 2 == 0 ? null : 0.5, i % 2 == 0 ? DayOfWeek.Monday : null, "a", i % 2 == 0 ? null : "b", 1.5f, i),
        ["texts"] = static (logger, i) => Texts(logger, "a", i % 2 == 0 ? null : "b"),
        ["an exception"] = static (logger, i) => Failed(logger, i, i % 2 == 0 ? null : Failure),
        ["optional sections"] = static (logger, i) => Sections(logger, i, i % 2 == 0 ? null : 0.5),
        ["a generic argument"] = static (logger, i) => Generic(logger, i, i),
        ["a number of bytes"] = static (logger, i) => Size(logger, i, i % 2 == 0 ? null : 1536),
        ["no argument"] = static (logger, _) => Started(logger),
    };

#if DEBUG
    // The library compiled for debugging boxes where it asks a value for its type before it writes JSON.
    private static readonly bool[] JsonOrNot = [false];
#else
    private static readonly bool[] JsonOrNot = [false, true];
#endif

    public static TheoryData<string, bool> Calls => [.. AllCalls.Keys.SelectMany(static what => JsonOrNot.Select(asJson => (what, asJson)))];

    [Fact]
    public void JSON_formatter_of_ZLogger_gets_typed_properties_of_an_attributed_method()
    {
        var processor = new FormattingProcessor(new SystemTextJsonZLoggerFormatter { IncludeProperties = IncludeProperties.All });
        using (ILoggerFactory factory = Create(processor))
        {
            Step(factory.CreateLogger("main"), 7, double.NaN, null, LogLevel.Debug, [("loss", 0.5), ("best", double.PositiveInfinity)], new InvalidOperationException("boo"));
        }

        JsonElement line = JsonDocument.Parse(Assert.Single(processor.Lines)).RootElement;
        Assert.Equal("step 7 rate NaN of  at Debug", line.GetProperty("Message").GetString());
        Assert.Equal(5, line.GetProperty("EventId").GetInt32());
        Assert.Equal("7", line.GetProperty("Step").GetRawText());
        Assert.Equal("\"NaN\"", line.GetProperty("Rate").GetRawText());
        Assert.Equal("null", line.GetProperty("Run").GetRawText());
        Assert.Equal("\"Debug\"", line.GetProperty("Phase").GetRawText());
        Assert.Equal("""{"loss":0.5,"best":"Infinity"}""", line.GetProperty("metrics").GetRawText());
        Assert.Equal("boo", line.GetProperty("Exception").GetProperty("Message").GetString());
    }

    [Fact]
    public void Message_templates_of_ZLogger_read_the_arguments_of_an_attributed_method()
    {
        var formatter = new PlainTextZLoggerFormatter();
        var processor = new FormattingProcessor(formatter);
        using (ILoggerFactory factory = Create(processor))
        {
            ILogger logger = factory.CreateLogger("main");
            Long(logger, new string('x', 5000), 3);
            Step(logger, 1, 0.5, "a", null, [], null);
        }

        Assert.Equal([new string('x', 5000) + " 003", "step 1 rate 0.5 of a at "], processor.Lines);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public void An_attributed_method_boxes_nothing_on_its_way_through_ZLogger(string what, bool asJson)
    {
        var text = new PlainTextZLoggerFormatter();
        text.SetExceptionFormatter(static (_, _) => { });
        var processor = new FormattingProcessor(asJson ? new SystemTextJsonZLoggerFormatter() : text, keepsLines: false);
        using ILoggerFactory factory = Create(processor);
        ILogger logger = factory.CreateLogger("main");
        Action<ILogger, int> call = AllCalls[what];

        // ZLogger asks whether a state is one of its own by a cast that boxes until the runtime has optimised the method, which takes it some time.
        long allocated = long.MaxValue;
        for (var patience = Stopwatch.StartNew(); allocated > 0 && patience.Elapsed < TimeSpan.FromSeconds(20);)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 1000; i++)
            {
                call(logger, i);
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
    }

    private static ILoggerFactory Create(IAsyncLogProcessor processor) => LoggerFactory.Create(b => b.AddZLoggerLogProcessor(processor));

    [TrainLog(5, LogLevel.Information, "step {Step} rate {Rate} of {Run} at {Phase}")]
    private static partial void Step(ILogger logger, int step, double rate, string? run, LogLevel? phase, Metric[] metrics, Exception? failure);

    [TrainLog(6, LogLevel.Information, "{Text} {Number:D3}")]
    private static partial void Long(ILogger logger, string text, int number);

    [TrainLog(7, LogLevel.Information, "{Step} {Loss:F4} {Day} {Next}")]
    private static partial void Numbers(ILogger logger, int step, double loss, DayOfWeek day, int? next);

    [TrainLog(8, LogLevel.Information, "{Step:D3} {Loss,8:F4} {Day}")]
    private static partial void Nullables(ILogger logger, int? step, double? loss, DayOfWeek? day);

    [TrainLog(9, LogLevel.Information, "{Step} {Loss:F4} {Day} {Run} {Note} {Rate} {Next}")]
    private static partial void Seven(ILogger logger, int step, double? loss, DayOfWeek? day, string run, string? note, float rate, long? next);

    [TrainLog(10, LogLevel.Information, "{Run} {Note}")]
    private static partial void Texts(ILogger logger, string run, string? note);

    [TrainLog(11, LogLevel.Error, "{Step} failed")]
    private static partial void Failed(ILogger logger, int step, Exception? failure);

    [TrainLog(12, LogLevel.Information, "{Step}[?, loss {Loss:F4}]")]
    private static partial void Sections(ILogger logger, int step, double? loss);

    [TrainLog(13, LogLevel.Information, "{Step} {Item}")]
    private static partial void Generic<T>(ILogger logger, int step, T item);

    [TrainLog(15, LogLevel.Information, "{Size:bytes} of {Total,9:bytes}")]
    private static partial void Size(ILogger logger, int size, long? total);

    [TrainLog(14, LogLevel.Information, "started")]
    private static partial void Started(ILogger logger);
}
