using FastTrainLog.Tests.Pipeline;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Tests.Sinks;

public sealed class RecordFilterTests
{
    public static TheoryData<string, RecordFilter, long[]> Filters => new()
    {
        { "training progress", RecordFilters.TrainingProgress, [1] },
        { "errors", RecordFilters.Errors, [3, 4] },
        { "numerical stability", RecordFilters.NumericalStability, [2] },
        { "category and below", RecordFilters.Category("Loader", LogCategories.Errors), [4, 5, 6] },
        { "level", RecordFilters.Level(LogLevel.Error), [3] },
        { "event", RecordFilters.Event(2, 99), [3] },
        { "property", RecordFilters.Property("number", static (in LogArgument n) => n.TryGetInt64(out long v) && v % 2 == 0), [2, 4, 6] },
        { "absent property", RecordFilters.Property("loss", static (in LogArgument _) => true), [] },
        { "all", RecordFilters.All(RecordFilters.Category("Loader"), RecordFilters.Not(RecordFilters.Category("Loader.Images"))), [5] },
        { "any", RecordFilters.Any(RecordFilters.Event(2), RecordFilters.TrainingProgress), [1, 3] },
        { "all of none", RecordFilters.All(), [1, 2, 3, 4, 5, 6, 7] },
        { "any of none", RecordFilters.Any(), [] },
    };

    [Fact]
    public void A_property_is_found_in_what_was_logged_without_a_generator_too()
    {
        var sink = new CollectingSink();
        using (TrainLogging logging = TestLog.Create(new CollectingSink(), o =>
            o.AddSink(sink, RecordFilters.Property("layer", static (in LogArgument layer) => layer.Text is "fc2"))))
        {
            ILogger logger = logging.GetLogger("test");
            logger.LogInformation("{Step} at {Layer}", 1, "fc1");
            logger.LogInformation("{Step} at {Layer}", 2, "fc2");
            logger.LogInformation("{Step} at {Layer}", 3, null);
            logger.LogInformation("fc2");
        }

        Assert.Equal("2 at fc2", Assert.Single(sink.Items).Message);
    }

    [Theory]
    [MemberData(nameof(Filters), DisableDiscoveryEnumeration = true)]
    public void A_filter_takes_what_it_says(string name, RecordFilter filter, long[] taken)
    {
        Assert.NotEmpty(name);
        var sink = new CollectingSink();
        using (TrainLogging logging = TrainLogging.Create(o =>
        {
            o.EnableFileLogging = o.EnableJsonLogging = o.EnableConsoleLogging = false;
            o.AddSink(sink, filter);
        }))
        {
            TestLog.Number(logging.GetLogger(LogCategories.TrainingProgress), 1);
            TestLog.Number(logging.GetLogger(LogCategories.NumericalStability), 2);
            TestLog.Error(logging.GetLogger(LogCategories.Main), 3);
            TestLog.Number(logging.GetLogger(LogCategories.Errors), 4);
            TestLog.Number(logging.GetLogger("Loader"), 5);
            TestLog.Number(logging.GetLogger("Loader.Images"), 6);
            TestLog.Number(logging.GetLogger("Loaders"), 7);
        }

        Assert.Equal(taken, sink.Items.Select(i => i.Number));
    }
}
