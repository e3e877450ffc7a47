using System.Text.Json;
using Microsoft.Extensions.Logging;
using Xunit;
using ZLogger;
using ZLogger.Formatters;

namespace FastTrainLog.Integrations.Tests.ZLogger;

/// <summary>[TrainLog] methods on a logger of ZLogger's, without FastTrainLog's pipeline.</summary>
public sealed partial class AttributedMethodTests
{
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

    [Fact]
    public void An_attributed_method_boxes_nothing_on_its_way_through_ZLogger()
    {
        var processor = new FormattingProcessor(new PlainTextZLoggerFormatter(), keepsLines: false);
        using ILoggerFactory factory = Create(processor);
        ILogger logger = factory.CreateLogger("main");

        // ZLogger asks whether a state is one of its own by a cast that boxes until the method is optimised.
        long allocated = long.MaxValue;
        for (int batch = 0; batch < 1000 && allocated > 0; batch++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Log(logger);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
    }

    private static void Log(ILogger logger)
    {
        for (int i = 0; i < 1000; i++)
        {
            Numbers(logger, i, 0.5, DayOfWeek.Friday, i % 2 == 0 ? null : i);
        }
    }

    private static ILoggerFactory Create(IAsyncLogProcessor processor) => LoggerFactory.Create(b => b.AddZLoggerLogProcessor(processor));

    [TrainLog(5, LogLevel.Information, "step {Step} rate {Rate} of {Run} at {Phase}")]
    private static partial void Step(ILogger logger, int step, double rate, string? run, LogLevel? phase, Metric[] metrics, Exception? failure);

    [TrainLog(6, LogLevel.Information, "{Text} {Number:D3}")]
    private static partial void Long(ILogger logger, string text, int number);

    [TrainLog(7, LogLevel.Information, "{Step} {Loss:F4} {Day} {Next}")]
    private static partial void Numbers(ILogger logger, int step, double loss, DayOfWeek day, int? next);
}
