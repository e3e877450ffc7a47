namespace FastTrainLog.Hosting.Tests;

/// <summary>What a host's configuration says of the log, rightly and wrongly.</summary>
public sealed class ConfigurationTests
{
    [Theory]
    [InlineData("LogDir", "LogDirectory")]
    [InlineData("MinLevel", "MinimumLevel")]
    [InlineData("MaxFilesize ", "MaxFileSize")]
    [InlineData("EnableConsolLogging", "EnableConsoleLogging")]
    [InlineData("BackupsCount", "BackupCount")]
    public async Task A_key_that_is_no_option_is_told_with_its_whole_path_and_the_likely_right_one(string key, string likely)
    {
        using var directory = new HostDirectory(($"Logging:FastTrainLog:{key}", "value"));
        using (IHost host = directory.Build())
        {
            await host.StartAsync(TestContext.Current.CancellationToken);
            await host.StopAsync(TestContext.Current.CancellationToken);
        }

        string warning = Assert.Single(directory.Messages("errors.log"));
        Assert.Equal($"Configuration: Logging:FastTrainLog:{key} names no option of FastTrainLog and does nothing; did you mean {likely}?", warning);
    }

    [Theory]
    [InlineData("IncludeScopes", "true")]
    [InlineData("FormatterName", "json")]
    [InlineData("FormatterOptions:SingleLine", "true")]
    [InlineData("TimestampFormat", "HH:mm:ss")]
    public void Keys_of_other_providers_do_no_harm_and_are_told(string key, string value)
    {
        using var directory = new HostDirectory(($"Logging:FastTrainLog:{key}", value), ("Logging:FastTrainLog:LogLevel:Default", "Debug"));
        using (IHost host = directory.Build())
        {
            host.Services.GetRequiredService<ILogger<ConfigurationTests>>().LogDebug("lives");
        }

        Assert.Equal(["lives"], directory.Messages("main.log"));
        Assert.StartsWith($"Configuration: Logging:FastTrainLog:{key.Split(':')[0]} names no option of FastTrainLog and does nothing", Assert.Single(directory.Messages("errors.log")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_value_is_an_error_with_its_path_the_value_and_what_is_allowed()
    {
        using var directory = new HostDirectory(
            ("Logging:FastTrainLog:MaxFileSize", "10 MB"),
            ("Logging:FastTrainLog:CategoryLevels:Loader", "Loud"),
            ("Logging:FastTrainLog:CategoryFiles", "loader.log"));
        ArgumentException error = Assert.Throws<ArgumentException>(() =>
        {
            using IHost host = directory.Build();
            host.Services.GetRequiredService<ILoggerFactory>();
        });
        Assert.Contains("TrainLogOptions.MaxFileSize is '10 MB', but must be a whole number of bytes: correct Logging:FastTrainLog:MaxFileSize.", error.Message, StringComparison.Ordinal);
        Assert.Contains("TrainLogOptions.CategoryLevels is 'Loud', but must be one of Trace, Debug", error.Message, StringComparison.Ordinal);
        Assert.Contains("correct Logging:FastTrainLog:CategoryLevels:Loader.", error.Message, StringComparison.Ordinal);
        Assert.Contains("TrainLogOptions.CategoryFiles is 'loader.log', but must be a section of categories, each with a file name: correct Logging:FastTrainLog:CategoryFiles.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_wrong_in_a_changed_configuration_is_told_and_the_host_lives_on()
    {
        using var directory = new HostDirectory();
        using (IHost host = directory.Build())
        {
            TrainLogger logger = host.Services.GetRequiredService<TrainLogger>();
            directory.Reconfigure(host, "Logging:FastTrainLog:LogDirectry", "elsewhere");
            directory.Reconfigure(host, "Logging:FastTrainLog:MinimumLevel", "Loud");
            Assert.Equal(LogLevel.Information, logger.MinimumLevel);
            directory.Reconfigure(host, "Logging:FastTrainLog:MinimumLevel", "Error");
            Assert.Equal(LogLevel.Error, logger.MinimumLevel);
        }

        string[] warnings = directory.Messages("errors.log");
        Assert.Equal(2, warnings.Length);
        Assert.Contains("Logging:FastTrainLog:LogDirectry names no option", warnings[0], StringComparison.Ordinal);
        Assert.Contains("stay as they were: TrainLogOptions.MinimumLevel is 'Loud'", warnings[1], StringComparison.Ordinal);
        Assert.Contains("Logging:FastTrainLog:MinimumLevel", warnings[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, false, false)]
    [InlineData("true", false, true)]
    [InlineData("false", true, true)]
    [InlineData(null, true, true)]
    public void The_console_of_the_log_is_off_in_a_host_unless_it_is_asked_for(string? configured, bool byCode, bool expected)
    {
        using var directory = new HostDirectory(("Logging:FastTrainLog:EnableConsoleLogging", configured));
        using IHost host = directory.Build(log => log.EnableConsoleLogging |= byCode);
        TrainLogOptions options = host.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<TrainLogOptions>>().Value;
        Assert.Equal(expected, options.EnableConsoleLogging);
        Assert.True(new TrainLogOptions().EnableConsoleLogging);
    }
}
