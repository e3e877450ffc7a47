using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Tests.Hosting;

public sealed class OptionsTests
{
    public static TheoryData<string, Action<TrainLogOptions>> Wrong => new()
    {
        { "LogDirectory", o => o.LogDirectory = " " },
        { "LogDirectory", o => o.LogDirectory = "logs\0" },
        { "MinimumLevel", o => o.MinimumLevel = (LogLevel)17 },
        { "CategoryLevels", o => o.CategoryLevels["system"] = (LogLevel)17 },
        { "CategoryLevels", o => o.CategoryLevels[string.Empty] = LogLevel.Debug },
        { "CategoryFiles", o => o.CategoryFiles["mine"] = "../mine.log" },
        { "CategoryFiles", o => o.CategoryFiles["mine"] = "run.jsonl" },
        { "CategoryFiles", o => o.CategoryFiles["mine"] = "main.log" },
        // Names that a second log here, and rotation, give.
        { "CategoryFiles", o => o.CategoryFiles["mine"] = "main.2.log" },
        { "CategoryFiles", o => o.CategoryFiles["mine"] = "main.log.1.gz" },
        { "CategoryFiles", o => o.CategoryFiles["mine"] = string.Empty },
        { "CategoryFiles", o => o.CategoryFiles["mine"] = "main.log.gz.tmp" },
        { "CategoryFiles", o => o.CategoryFiles["mine"] = "main.3.log.2.gz" },
        { "CategoryFiles", o => o.CategoryFiles["mine"] = ".fasttrainlog.1.lock" },
        { "CategoryFiles", o => o.CategoryFiles["mine"] = ".fasttrainlog.recovery" },
        { "CategoryFiles", o => o.CategoryFiles["mine"] = ".fasttrainlog-00-1-1.journal" },
        { "CategoryFiles", o => (o.CategoryFiles["mine"], o.CategoryFiles["yours"]) = ("loader.log", "loader.2.log") },
        { "CategoryFiles", o => (o.CategoryFiles["mine"], o.CategoryFiles["yours"]) = ("loader.12.log", "loader.log") },
        { "CategoryFiles", o => (o.CategoryFiles["mine"], o.CategoryFiles["yours"]) = ("loader.log", "loader.log.1") },
        { "CategoryFiles", o => (o.CategoryFiles["mine"], o.CategoryFiles["yours"]) = ("loader.log", "loader.log.7.gz") },
        { "CategoryFiles", o => (o.CategoryFiles["mine"], o.CategoryFiles["yours"]) = ("loader.log.gz.tmp", "loader.log") },
        // Of a second log in the directory it would be called as its second rotated file is of the first.
        { "CategoryFiles", o => o.CategoryFiles["mine"] = "loader" },
        { "CategoryFiles", o => o.CategoryFiles["system"] = "mine.log" },
        { "CategoryFiles", o => o.CategoryFiles[string.Empty] = "mine.log" },
        { "FileFilters", o => o.FileFilters["mine.log"] = RecordFilters.Errors },
        { "FileFilters", o => o.FileFilters["main.log"] = null! },
        { "Sinks", o => o.Sinks.Add(null!) },
        { "MaxFileSize", o => o.MaxFileSize = 10 },
        { "BackupCount", o => o.BackupCount = -1 },
        { "BackupCount", o => o.BackupCount = 10_001 },
        { "RotationInterval", o => o.RotationInterval = (RotationInterval)17 },
        { "BackupFormat", o => o.BackupFormat = (BackupFormat)17 },
        { "MaxBackupAge", o => o.MaxBackupAge = TimeSpan.FromSeconds(-1) },
        { "MaxBackupAge", o => o.MaxBackupAge = TimeSpan.FromSeconds(1) },
        { "MaxTotalBackupSize", o => o.MaxTotalBackupSize = -1 },
        { "MaxTotalBackupSize", o => (o.MaxFileSize, o.MaxTotalBackupSize) = (2000, 1999) },
        { "ResourceInterval", o => o.ResourceInterval = TimeSpan.FromMilliseconds(1) },
        { "SnapshotInterval", o => o.SnapshotInterval = TimeSpan.FromSeconds(-1) },
        { "SnapshotInterval", o => o.SnapshotInterval = TimeSpan.FromDays(2) },
        { "SyncInterval", o => o.SyncInterval = TimeSpan.FromMilliseconds(1) },
        { "FileMode", o => o.FileMode = UnixFileMode.UserRead },
        { "FileMode", o => o.FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute },
        { "ScrubPattern", o => o.ScrubPattern = "(" },
        { "ScrubPattern", o => o.ScrubPattern = "x*" },
        { "JsonMessage", o => o.JsonMessage = (JsonMessageForm)17 },
        { "ConsoleView", o => o.ConsoleView = (ConsoleView)17 },
        { "FlushInterval", o => o.FlushInterval = TimeSpan.Zero },
        { "FlushInterval", o => o.FlushInterval = TimeSpan.FromHours(1) },
        { "BufferBytes", o => o.BufferBytes = 1 },
        { "BlockTimeout", o => o.BlockTimeout = TimeSpan.FromSeconds(-1) },
        { "ShutdownTimeout", o => o.ShutdownTimeout = TimeSpan.Zero },
        { "FullPolicy", o => o.FullPolicy = (FullPolicy)17 },
        { "DropBelowLevel", o => o.DropBelowLevel = (LogLevel)17 },
        { "MaxBufferBytes", o => (o.FullPolicy, o.MaxBufferBytes) = (FullPolicy.Grow, 1) },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void A_wrong_option_is_refused_with_its_name_its_range_and_the_fix(string option, Action<TrainLogOptions> configure)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => TrainLogging.Create(configure));
        Assert.Equal(option, error.ParamName);
        Assert.Matches($@"^TrainLogOptions\.{option} is '.*', but must be .+: .+\.", error.Message);
    }

    [Fact]
    public void A_copy_has_every_option()
    {
        var options = new TrainLogOptions();
        foreach (System.Reflection.PropertyInfo property in typeof(TrainLogOptions).GetProperties().Where(property => property.CanWrite))
        {
            property.SetValue(options, property.GetValue(options) switch
            {
                bool flag => !flag,
                string text => text + "x",
                int number => number + 1,
                long number => number + 1,
                TimeSpan time => time + TimeSpan.FromMinutes(1),
                Enum value => Enum.ToObject(value.GetType(), Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture) + 1),
                null when property.PropertyType == typeof(UnixFileMode?) => UnixFileMode.UserRead,
                _ => RecordFilters.Errors,
            });
        }

        options.CategoryLevels["a"] = LogLevel.Error;
        options.CategoryFiles["a"] = "a.log";
        options.FileFilters["a.log"] = RecordFilters.Errors;
        options.AddSink(new Pipeline.CollectingSink());
        options.Redact<SecretDataAttribute>(FastTrainLog.Redaction.Redactor.Erase);
        var copy = new TrainLogOptions();
        options.CopyTo(copy);
        Assert.All(typeof(TrainLogOptions).GetProperties(), property => Assert.Equal(property.GetValue(options), property.GetValue(copy)));
        Assert.Equal(options.Redactors, copy.Redactors);
    }

    [Fact]
    public void Every_option_that_can_be_wrong_is_tried()
    {
        // Any value of these is right.
        string[] free = [.. typeof(TrainLogOptions).GetProperties().Where(p => p.PropertyType == typeof(bool)).Select(p => p.Name), nameof(TrainLogOptions.ConsoleFilter)];
        IEnumerable<string> tried = Wrong.Select(row => row.Data.Item1).Distinct();
        Assert.Equal(typeof(TrainLogOptions).GetProperties().Select(p => p.Name).Except(free).Order(StringComparer.Ordinal), tried.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_log_directory_that_is_a_file_is_refused_at_the_start()
    {
        string file = Path.GetTempFileName();
        try
        {
            Assert.ThrowsAny<IOException>(() => TrainLogging.Create(o => o.LogDirectory = file));
        }
        finally
        {
            File.Delete(file);
        }
    }
}
