using Xunit;

namespace FastTrainLog.Tests.Hosting;

public sealed class OptionsTests
{
    public static TheoryData<string, Action<TrainLogOptions>> Wrong => new()
    {
        { "LogDirectory", o => o.LogDirectory = " " },
        { "MaxFileSize", o => o.MaxFileSize = 10 },
        { "BackupCount", o => o.BackupCount = -1 },
        { "FlushInterval", o => o.FlushInterval = TimeSpan.Zero },
        { "BufferBytes", o => o.BufferBytes = 1 },
        { "BlockTimeout", o => o.BlockTimeout = TimeSpan.FromSeconds(-1) },
        { "ShutdownTimeout", o => o.ShutdownTimeout = TimeSpan.Zero },
        { "FullPolicy", o => o.FullPolicy = (FullPolicy)17 },
        { "MaxBufferBytes", o => (o.FullPolicy, o.MaxBufferBytes) = (FullPolicy.Grow, 1) },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_wrong_option_is_refused_with_its_name_its_range_and_the_fix(string option, Action<TrainLogOptions> configure)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => TrainLogging.Create(configure));
        Assert.Equal(option, error.ParamName);
        Assert.Matches($@"^TrainLogOptions\.{option} is '.*', but must be .+: .+\.", error.Message);
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
