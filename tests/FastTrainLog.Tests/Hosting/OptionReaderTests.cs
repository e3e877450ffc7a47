using Microsoft.Extensions.Configuration;
using FastTrainLog.Tests.Shared;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Tests.Hosting;

public sealed class OptionReaderTests
{
    [Fact]
    public void Every_option_can_be_read_from_a_section()
    {
        TrainLogOptions options = Read(
            ("LogDirectory", "elsewhere"),
            ("minimumlevel", "debug"),
            ("EnableFileLogging", "false"),
            ("EnableConsoleLogging", "False"),
            ("EnableJsonLogging", "false"),
            ("EnableJournal", "false"),
            ("MaxFileSize", "2048"),
            ("BackupCount", "3"),
            ("RotationInterval", "daily"),
            ("MaxBackupAge", "30.00:00:00"),
            ("MaxTotalBackupSize", "4096"),
            ("CompressBackups", "true"),
            ("BackupFormat", "columns"),
            ("JsonMessage", "template"),
            ("SnapshotInterval", "00:00:04"),
            ("SyncInterval", "00:00:05"),
            ("FileMode", "0640"),
            ("EncryptBackups", "true"),
            ("ScrubText", "true"),
            ("ScrubPattern", @"P-\d+"),
            ("FlushInterval", "00:00:01"),
            ("BlockTimeout", "00:00:02"),
            ("ShutdownTimeout", "00:00:03"),
            ("BufferBytes", "4000000"),
            ("MaxBufferBytes", "5000000"),
            ("FullPolicy", "Grow"),
            ("DropBelowLevel", "Error"),
            ("CategoryLevels:system", "Warning"),
            ("CategoryLevels:My.Loader", "Trace"),
            ("CategoryFiles:My.Loader", "loader.log"),
            ("LogLevel:Default", "None"));
        Assert.Equal(
            ("elsewhere", LogLevel.Debug, false, false, false, false, 2048L, 3),
            (options.LogDirectory, options.MinimumLevel, options.EnableFileLogging, options.EnableConsoleLogging, options.EnableJsonLogging, options.EnableJournal, options.MaxFileSize, options.BackupCount));
        Assert.Equal((RotationInterval.Daily, 30, 4096L, true), (options.RotationInterval, options.MaxBackupAge.Days, options.MaxTotalBackupSize, options.CompressBackups));
        Assert.True(options.EncryptBackups);
        Assert.Equal((true, @"P-\d+"), (options.ScrubText, options.ScrubPattern));
        Assert.Equal(BackupFormat.Columns, options.BackupFormat);
        Assert.Equal((JsonMessageForm.Template, 4, 5), (options.JsonMessage, options.SnapshotInterval.Seconds, options.SyncInterval.Seconds));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, options.FileMode);
        Assert.Equal((1, 2, 3), (options.FlushInterval.Seconds, options.BlockTimeout.Seconds, options.ShutdownTimeout.Seconds));
        Assert.Equal((4000000L, 5000000L, FullPolicy.Grow, LogLevel.Error), (options.BufferBytes, options.MaxBufferBytes, options.FullPolicy, options.DropBelowLevel));
        Assert.Equal((LogLevel.Warning, LogLevel.Trace), (options.CategoryLevels["system"], options.CategoryLevels["My.Loader"]));
        Assert.Equal("loader.log", options.CategoryFiles["My.Loader"]);
        _ = TestKey.Text;
        options.Validate();
    }

    [Fact]
    public void Variables_of_the_clock_and_of_what_stands_beside_a_log_are_no_options_and_do_no_harm()
    {
        var options = new TrainLogOptions();
        OptionReader.ReadEnvironment(options, [new("FASTTRAINLOG_CLOCK", "stopwatch"), new("FASTTRAINLOG_DASHBOARD_TOKEN", "x"), new("FASTTRAINLOG_SHIP_LOKI_TOKEN", "x"), new("FASTTRAINLOG_BACKUP_KEY", "x"), new("FASTTRAINLOG_BACKUP_KEY_FILE", "x"), new("FASTTRAINLOG_BACKUP_COUNT", "7")]);
        Assert.Equal(7, options.BackupCount);
        Assert.Empty(options.UnknownKeys);
    }

    [Fact]
    public void No_option_that_can_be_written_as_text_is_forgotten()
    {
        // Those that only code can give: sinks and filters are no text.
        string[] onlyCode = ["ConsoleFilter", "FileFilters", "Sinks"];
        string told = Assert.Single(Read(("Nonsense", "1")).UnknownKeys);
        Assert.All(
            typeof(TrainLogOptions).GetProperties().Select(p => p.Name).Except(onlyCode),
            option => Assert.Contains(option, told));
    }

    [Theory]
    [InlineData("MaxFileSize", "10 MB", "a whole number of bytes")]
    [InlineData("BackupCount", "99999999999", "a whole number")]
    [InlineData("MinimumLevel", "Loud", "Debug")]
    [InlineData("MinimumLevel", "17", "Debug")]
    [InlineData("EnableFileLogging", "maybe", "true or false")]
    [InlineData("FlushInterval", "soon", "a time")]
    [InlineData("RotationInterval", "24:00", "Hourly, Daily")]
    [InlineData("MaxBackupAge", "a month", "30.00:00:00")]
    [InlineData("MaxTotalBackupSize", "1 GB", "a whole number of bytes")]
    [InlineData("CompressBackups", "gzip", "true or false")]
    [InlineData("EncryptBackups", "aes", "true or false")]
    [InlineData("BackupFormat", "zip", "Gzip, Columns")]
    [InlineData("CategoryLevels:system", "Loud", "Debug")]
    public void A_value_that_cannot_be_read_is_refused_with_its_option_its_range_and_where_it_stands(string key, string value, string range)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => Read((key, value)));
        Assert.Equal(key.Split(':')[0], error.ParamName);
        Assert.Matches($@"^TrainLogOptions\.{key.Split(':')[0]} is '{value}', but must be .*{range}.*: correct {key}\.", error.Message);
    }

    [Fact]
    public void Environment_variables_set_options_by_their_names_in_capitals()
    {
        var options = new TrainLogOptions();
        OptionReader.ReadEnvironment(options, new Dictionary<string, string>
        {
            ["FASTTRAINLOG_LOG_DIRECTORY"] = "/data/logs",
            ["FASTTRAINLOG_MINIMUM_LEVEL"] = "Debug",
            ["FASTTRAINLOG_CATEGORY_LEVELS"] = "system=Warning; performance=Trace",
            ["FASTTRAINLOG_CATEGORY_FILES"] = "My.Loader=loader.log",
            ["PATH"] = "/bin",
        });
        Assert.Equal(("/data/logs", LogLevel.Debug), (options.LogDirectory, options.MinimumLevel));
        Assert.Equal((LogLevel.Warning, LogLevel.Trace), (options.CategoryLevels["system"], options.CategoryLevels["performance"]));
        Assert.Equal("loader.log", options.CategoryFiles["My.Loader"]);
    }

    [Theory]
    [InlineData("FASTTRAINLOG_MAX_FILE_SIZE", "big", "TrainLogOptions.MaxFileSize is 'big'")]
    [InlineData("FASTTRAINLOG_CATEGORY_LEVELS", "system", "TrainLogOptions.CategoryLevels is ''")]
    public void A_wrong_variable_is_refused_by_its_name(string variable, string value, string complaint)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => OptionReader.ReadEnvironment(new TrainLogOptions(), [KeyValuePair.Create(variable, value)]));
        Assert.Contains(complaint, error.Message);
        Assert.Contains(variable, error.Message);
    }

    [Fact]
    public void A_variable_that_is_no_option_is_told_and_does_no_harm()
    {
        var options = new TrainLogOptions();
        OptionReader.ReadEnvironment(options, [new("FASTTRAINLOG_LOG_DIR", "x"), new("FASTTRAINLOG_HOME", "y"), new("FASTTRAINLOG_BACKUP_COUNT", "7")]);
        Assert.Equal(7, options.BackupCount);
        Assert.Equal(2, options.UnknownKeys.Count);
        Assert.Contains(options.UnknownKeys, told => told.StartsWith("FASTTRAINLOG_LOG_DIR names no option of FastTrainLog and does nothing; did you mean LogDirectory?", StringComparison.Ordinal));
    }

    [Fact]
    public void All_values_that_cannot_be_read_are_told_together()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => Read(("MaxFileSize", "big"), ("BackupCount", "few"), ("LogDirectory", "read all the same")));
        Assert.Contains("correct MaxFileSize.", error.Message);
        Assert.Contains("correct BackupCount.", error.Message);
    }

    private static TrainLogOptions Read(params (string Key, string Value)[] values) =>
        new TrainLogOptions().Read(new ConfigurationBuilder().AddInMemoryCollection(values.Select(v => KeyValuePair.Create(v.Key, (string?)v.Value))).Build());
}
