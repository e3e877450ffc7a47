namespace FastTrainLog.Hosting.Tests;

/// <summary>In a host its filter rules decide what its loggers write, also while it runs.</summary>
public sealed partial class LevelTests
{
    [Theory]
    [InlineData("Logging:LogLevel:Default")]
    [InlineData("Logging:FastTrainLog:LogLevel:Default")]
    [InlineData("Logging:FastTrainLog:LogLevel:FastTrainLog.Hosting")]
    [InlineData("Logging:FastTrainLog.TrainLoggerProvider:LogLevel:Default")]
    public void A_level_that_the_host_is_configured_with_is_enough(string key)
    {
        using var directory = new HostDirectory((key, "Debug"));
        using (IHost host = directory.Build())
        {
            ILogger<LevelTests> logger = host.Services.GetRequiredService<ILogger<LevelTests>>();
            logger.LogDebug("plain");
            Generated(logger, 1);
            logger.LogTrace("below");
        }

        Assert.Equal(["plain", "generated 1"], directory.Messages("main.log"));
    }

    [Fact]
    public void Without_rules_a_host_writes_from_Information_on_whatever_the_level_of_direct_loggers()
    {
        using var directory = new HostDirectory(("Logging:FastTrainLog:MinimumLevel", "Error"));
        using (IHost host = directory.Build())
        {
            ILogger<LevelTests> logger = host.Services.GetRequiredService<ILogger<LevelTests>>();
            logger.LogDebug("below");
            logger.LogInformation("from here on");
            TrainLogger direct = host.Services.GetRequiredService<TrainLogging>().GetLogger(typeof(LevelTests).FullName!);
            Assert.Equal((LogLevel.Error, false), (direct.MinimumLevel, direct.IsEnabled(LogLevel.Warning)));
            direct.MinimumLevel = LogLevel.None;
            logger.LogInformation("still");
        }

        Assert.Equal(["from here on", "still"], directory.Messages("main.log"));
    }

    [Fact]
    public void The_rules_of_one_category_and_those_of_code_hold()
    {
        using var directory = new HostDirectory(("Logging:LogLevel:Default", "Error"), ("Logging:LogLevel:Training", "Trace"));
        HostApplicationBuilder builder = directory.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.Logging.AddFastTrainLog();
        builder.Logging.AddFilter<TrainLoggerProvider>("Training.Loader", LogLevel.Critical);
        using (IHost host = builder.Build())
        {
            ILoggerFactory factory = host.Services.GetRequiredService<ILoggerFactory>();
            factory.CreateLogger("Training.Model").LogTrace("model");
            factory.CreateLogger("Training.Loader").LogError("loader");
            factory.CreateLogger("Web").LogWarning("web");
        }

        Assert.Equal(["model"], directory.Messages("main.log"));
    }

    [Theory]
    [InlineData("Logging:LogLevel:Default")]
    [InlineData("Logging:FastTrainLog:LogLevel:Default")]
    public void Levels_follow_the_configuration_in_both_directions_while_the_host_runs(string key)
    {
        using var directory = new HostDirectory((key, "Information"));
        using (IHost host = directory.Build())
        {
            ILogger<LevelTests> logger = host.Services.GetRequiredService<ILogger<LevelTests>>();
            Tell("Information");
            directory.Reconfigure(host, key, "Debug");
            Tell("Debug");
            directory.Reconfigure(host, key, "Error");
            Tell("Error");
            directory.Reconfigure(host, key, null);
            Tell("none");

            void Tell(string configured)
            {
                logger.LogDebug("{Configured}: debug", configured);
                Generated(logger, 0);
                logger.LogWarning("{Configured}: warning", configured);
            }
        }

        Assert.Equal(
            ["Information: warning", "Debug: debug", "generated 0", "Debug: warning", "none: warning"],
            directory.Messages("main.log"));
        // The rules are the host's own: the log says nothing of levels that it does not have.
        Assert.DoesNotContain(directory.Records(), record => record.GetProperty("logger").GetString() == LogCategories.System);
    }

    [Fact]
    public void Levels_of_direct_loggers_follow_too_but_for_those_that_code_has_set()
    {
        using var directory = new HostDirectory(("Logging:FastTrainLog:MinimumLevel", "Warning"), ("Logging:FastTrainLog:CategoryLevels:both", "Warning"));
        using (IHost host = directory.Build(log => (log.CategoryLevels["code"], log.CategoryLevels["both"]) = (LogLevel.Critical, LogLevel.Critical)))
        {
            ITrainLoggerFactory loggers = host.Services.GetRequiredService<ITrainLoggerFactory>();
            Assert.Equal([LogLevel.Warning, LogLevel.Critical, LogLevel.Critical], Levels());
            directory.Reconfigure(host, "Logging:FastTrainLog:MinimumLevel", "Debug");
            directory.Reconfigure(host, "Logging:FastTrainLog:CategoryLevels:both", "Trace");
            Assert.Equal([LogLevel.Debug, LogLevel.Critical, LogLevel.Critical], Levels());

            LogLevel[] Levels() => [.. new[] { "other", "code", "both" }.Select(category => loggers.GetLogger(category).MinimumLevel)];
        }

        Assert.Contains(directory.Messages("system.log"), message => message.Contains("MinimumLevel Debug", StringComparison.Ordinal));
    }

    [Fact]
    public void A_provider_of_a_factory_without_a_host_takes_what_the_factory_lets_through()
    {
        using var directory = new HostDirectory();
        using (ILoggerFactory factory = LoggerFactory.Create(builder => builder
            .SetMinimumLevel(LogLevel.Trace)
            .AddFastTrainLog(log => (log.LogDirectory, log.ResourceInterval) = (directory.Logs, TimeSpan.Zero))))
        {
            factory.CreateLogger("any").LogTrace("traced");
            factory.CreateLogger(string.Empty).LogTrace("of no category");
        }

        Assert.Equal(["traced", "of no category"], directory.Messages("main.log"));
    }

    [TrainLog(7, LogLevel.Debug, "generated {Number}")]
    private static partial void Generated(ILogger logger, int number);
}
