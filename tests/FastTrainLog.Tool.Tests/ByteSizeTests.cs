using FastTrainLog.Tool.Directories;
using Xunit;

namespace FastTrainLog.Tool.Tests;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("1234", 1234)]
    [InlineData("10MB", 10_000_000)]
    [InlineData("10 MiB", 10_485_760)]
    [InlineData("10m", 10_485_760)]
    [InlineData("1.5GiB", 1_610_612_736)]
    [InlineData("2T", 2_199_023_255_552)]
    public void A_size_is_read_as_coreutils_read_it(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out long read));
        Assert.Equal(bytes, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("MB")]
    [InlineData("-1MB")]
    [InlineData("10XB")]
    [InlineData("1,5GB")]
    [InlineData("9999999999TB")]
    public void What_is_no_size_is_refused(string text) => Assert.False(ByteSize.TryParse(text, out _));
}
