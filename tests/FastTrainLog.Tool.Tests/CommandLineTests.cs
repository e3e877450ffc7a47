using Xunit;

namespace FastTrainLog.Tool.Tests;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("analyse logs", "Unknown command 'analyse': did you mean 'analyze'?")]
    [InlineData("frobnicate", "Unknown command 'frobnicate'.")]
    [InlineData("analyze logs --hlp", "Unknown option '--hlp': did you mean '--help'?")]
    [InlineData("analyze logs more", "Unknown argument 'more'.")]
    [InlineData("analyze", "Required argument")]
    public void A_wrong_command_line_is_explained_and_returns_2(string line, string expected)
    {
        (int code, string output, string error) = ToolRun.Of(line.Split(' '));

        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.Contains(expected, error);
        Assert.Contains("--help", error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("--help")]
    public void Help_names_the_commands_and_returns_0(string line)
    {
        (int code, string output, string error) = ToolRun.Of(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(0, code);
        Assert.Contains("analyze", output);
        Assert.Empty(error);
    }

    [Fact]
    public void A_directory_that_is_not_there_or_holds_no_log_is_named_and_returns_1()
    {
        using var log = new LogDirectory();
        foreach (string directory in new[] { log.Path, log.PathOf("nowhere") })
        {
            (int code, _, string error) = ToolRun.Of("analyze", directory);

            Assert.Equal(1, code);
            Assert.Contains(directory, error);
        }
    }
}
