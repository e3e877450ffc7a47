using Xunit;

namespace DigitsTraining.Tests;

public sealed class OptionTests
{
    [Fact]
    public void Help_names_every_option_and_starts_nothing()
    {
        using var sample = new SampleProcess("--help");
        Assert.Equal(0, sample.WaitForEnd());
        Assert.All(
            ["--epochs", "--learning-rate", "--max-norm", "--log-dir", "--seed", "--inject-nan", "--inject-error", "--zlogger", "--help"],
            option => Assert.Contains(option, sample.Output));
        Assert.Empty(Directory.GetFileSystemEntries(sample.Directory));
    }

    [Theory]
    [InlineData("--speed", "3", "'--speed' is unknown", "--help")]
    [InlineData("train", "", "'train' is unknown", "--help")]
    [InlineData("--epochs", "", "--epochs is ''", "1 to 1000000")]
    [InlineData("--epochs", "0", "--epochs is '0'", "1 to 1000000")]
    [InlineData("--epochs", "1.5", "--epochs is '1.5'", "1 to 1000000")]
    [InlineData("--learning-rate", "-1", "--learning-rate is '-1'", "above 0 and at most 1")]
    [InlineData("--learning-rate", "NaN", "--learning-rate is 'NaN'", "above 0 and at most 1")]
    [InlineData("--max-norm", "0", "--max-norm is '0'", "above 0 and finite")]
    [InlineData("--max-norm", "Infinity", "--max-norm is 'Infinity'", "above 0 and finite")]
    [InlineData("--seed", "-3", "--seed is '-3'", "0 to 2147483647")]
    [InlineData("--inject-nan", "99999", "--inject-nan is 99999", "1 to 1200")]
    [InlineData("--inject-error", "0", "--inject-error is '0'", "1 to")]
    [InlineData("--log-dir", "", "--log-dir is empty", "logs")]
    [InlineData("--zlogger", "", "--zlogger is empty", "zlogger.jsonl")]
    [InlineData("--zlogger", "/dev/null/zlogger.jsonl", "--zlogger is '/dev/null/zlogger.jsonl'", "written")]
    [InlineData("--log-dir", "/dev/null/logs", "--log-dir is '/dev/null/logs'", "written")]
    public void A_wrong_option_is_refused_with_its_name_its_value_and_its_range(string option, string value, string complaint, string range)
    {
        using var sample = new SampleProcess(option, value);
        Assert.Equal(2, sample.WaitForEnd());
        Assert.Contains(complaint, sample.Error);
        Assert.Contains(range, sample.Error);
        Assert.Empty(sample.Output);
        Assert.Empty(Directory.GetFileSystemEntries(sample.Directory));
    }

    [Fact]
    public void An_option_without_its_value_is_refused()
    {
        using var sample = new SampleProcess("--epochs");
        Assert.Equal(2, sample.WaitForEnd());
        Assert.Contains("--epochs lacks its value", sample.Error);
    }
}
