using FastTrainLog.Tests.Pipeline;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Tests.Hosting;

public sealed class LevelTests
{
    [Fact]
    public void A_level_holds_for_the_categories_below_and_the_longest_name_decides()
    {
        using TrainLogging logging = TestLog.Create(new CollectingSink(), o =>
        {
            o.CategoryLevels["My"] = LogLevel.Error;
            o.CategoryLevels["My.Loader"] = LogLevel.Debug;
        });
        Assert.Equal(
            [LogLevel.Error, LogLevel.Error, LogLevel.Debug, LogLevel.Debug, LogLevel.Error, LogLevel.Information],
            new[] { "My", "My.Model", "My.Loader", "My.Loader.Images", "My.Loaders", "Mine" }.Select(c => logging.GetLogger(c).MinimumLevel));
    }

    [Fact]
    public void Levels_change_while_running_for_loggers_that_exist_and_for_those_to_come()
    {
        using TrainLogging logging = TestLog.Create(new CollectingSink());
        TrainLogger loader = logging.GetLogger("My.Loader");
        TrainLogger other = logging.GetLogger("other");
        logging.SetLevel("My", LogLevel.Trace);
        logging.SetMinimumLevel(LogLevel.Warning);
        Assert.Equal((LogLevel.Trace, LogLevel.Warning), (loader.MinimumLevel, other.MinimumLevel));
        Assert.Equal((LogLevel.Trace, LogLevel.Warning), (logging.GetLogger("My.Model").MinimumLevel, logging.GetLogger("another").MinimumLevel));
    }

    [Fact]
    public void A_log_that_is_closed_stays_silent_whatever_level_is_set()
    {
        TrainLogging logging = TestLog.Create(new CollectingSink());
        TrainLogger logger = logging.GetLogger("test");
        logging.Dispose();
        logging.SetMinimumLevel(LogLevel.Trace);
        Assert.False(logger.IsEnabled(LogLevel.Critical));
    }

    [Fact]
    public void A_host_is_configured_by_its_section_and_its_levels_follow_when_that_changes()
    {
        using var directory = new TemporaryDirectory();
        IConfigurationRoot configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Logging:FastTrainLog:LogDirectory"] = directory.Path,
            ["Logging:FastTrainLog:EnableConsoleLogging"] = "false",
            ["Logging:FastTrainLog:CategoryLevels:quiet"] = "Error",
        }).Build();
        using (ServiceProvider services = new ServiceCollection()
            .AddLogging(builder => builder.AddConfiguration(configuration.GetSection("Logging")).AddFastTrainLog())
            .BuildServiceProvider())
        {
            TrainLogging logging = services.GetRequiredService<TrainLogging>();
            TrainLogger quiet = logging.GetLogger("quiet");
            Assert.Equal(LogLevel.Error, quiet.MinimumLevel);
            Assert.Equal(LogLevel.Information, logging.GetLogger("loud").MinimumLevel);

            configuration["Logging:FastTrainLog:CategoryLevels:quiet"] = "Information";
            configuration["Logging:FastTrainLog:MinimumLevel"] = "Warning";
            configuration.Reload();
            Assert.Equal(LogLevel.Information, quiet.MinimumLevel);
            Assert.Equal(LogLevel.Warning, logging.GetLogger("loud").MinimumLevel);

            configuration["Logging:FastTrainLog:CategoryLevels:system"] = "Information";
            configuration["Logging:FastTrainLog:MinimumLevel"] = "Loud";
            configuration.Reload();
            Assert.Equal(LogLevel.Warning, logging.GetLogger("loud").MinimumLevel);
            services.GetRequiredService<ILoggerFactory>().CreateLogger("quiet").LogInformation("heard");
        }

        Assert.Contains("heard", File.ReadAllText(directory["main.log"]));
        Assert.Contains("stay as they were: TrainLogOptions.MinimumLevel is 'Loud'", File.ReadAllText(directory["errors.log"]));
    }
}
