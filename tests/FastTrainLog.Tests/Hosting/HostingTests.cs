using System.Text.Json;
using FastTrainLog.Tests.Pipeline;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Tests.Hosting;

public sealed class HostingTests
{
    [Fact]
    public void A_host_logs_through_its_own_loggers_into_the_files()
    {
        using var directory = new TemporaryDirectory();
        using (ServiceProvider services = new ServiceCollection()
            .AddLogging(builder => builder.AddFastTrainLog(o => (o.LogDirectory, o.EnableConsoleLogging) = (directory.Path, false)))
            .BuildServiceProvider())
        {
            ILogger<HostingTests> logger = services.GetRequiredService<ILogger<HostingTests>>();
            logger.LogWarning(new EventId(7, "Spike"), new InvalidOperationException("inner trouble"), "loss {Loss} at {Step} in {Layer}", 2.5f, 12, "fc1");
            Assert.Same(services.GetRequiredService<TrainLogging>(), services.GetRequiredService<TrainLogging>());
        }

        JsonElement root = JsonDocument.Parse(File.ReadLines(directory["run.jsonl"]).Single()).RootElement;
        Assert.Equal("WARNING", root.GetProperty("level").GetString());
        Assert.Equal(typeof(HostingTests).FullName, root.GetProperty("logger").GetString());
        Assert.Equal(7, root.GetProperty("event_id").GetInt32());
        Assert.Equal("Spike", root.GetProperty("event").GetString());
        Assert.Equal("loss 2.5 at 12 in fc1", root.GetProperty("message").GetString());
        JsonElement properties = root.GetProperty("properties");
        Assert.Equal(2.5, properties.GetProperty("Loss").GetDouble());
        Assert.Equal(12, properties.GetProperty("Step").GetInt64());
        Assert.Equal("fc1", properties.GetProperty("Layer").GetString());
        Assert.Equal("loss {Loss} at {Step} in {Layer}", properties.GetProperty("{OriginalFormat}").GetString());
        Assert.Equal("System.InvalidOperationException", root.GetProperty("exception").GetProperty("type").GetString());
        Assert.Contains("inner trouble", File.ReadAllText(directory["errors.log"]), StringComparison.Ordinal);
        // A category of the user's own goes to main.log.
        Assert.Contains("loss 2.5 at 12 in fc1", File.ReadAllText(directory["main.log"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_category_has_the_level_that_the_options_give_it_and_it_can_be_changed_while_running()
    {
        var sink = new CollectingSink();
        using (TrainLogging logging = TestLog.Create(sink, o => o.CategoryLevels["quiet"] = LogLevel.Error))
        {
            TrainLogger quiet = logging.GetLogger("quiet");
            TrainLogger loud = logging.GetLogger("loud");
            TestLog.Number(quiet, 1);
            TestLog.Number(loud, 2);
            quiet.MinimumLevel = LogLevel.Information;
            TestLog.Number(quiet, 3);
            loud.MinimumLevel = LogLevel.None;
            TestLog.Number(loud, 4);
            Assert.False(loud.IsEnabled(LogLevel.Critical));
            Assert.False(quiet.IsEnabled(LogLevel.None));
        }

        Assert.Equal([2L, 3L], sink.Items.Select(i => i.Number));
    }

    [Fact]
    public void A_state_whose_text_throws_is_the_callers_to_see_but_a_sinks_trouble_never_is()
    {
        var sink = new CollectingSink { Fails = () => true };
        using TrainLogging logging = TestLog.Create(sink);
        logging.GetLogger("test").LogInformation("goes {Nowhere}", 1);
        Assert.True(logging.Flush());
    }
}
