using System.Text;
using FastTrainLog.Sinks;
using FastTrainLog.Tests.Pipeline;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Tests.Sinks;

public sealed class ConsoleSinkTests
{
    [Theory]
    [InlineData(LogLevel.Debug, "\e[36m")]
    [InlineData(LogLevel.Information, "\e[32m")]
    [InlineData(LogLevel.Warning, "\e[33m")]
    [InlineData(LogLevel.Error, "\e[31m")]
    [InlineData(LogLevel.Critical, "\e[35m")]
    public void A_level_has_its_color_in_a_terminal(LogLevel level, string color)
    {
        string output = Log(level, colors: true);
        Assert.StartsWith(color + "[", output, StringComparison.Ordinal);
        Assert.EndsWith("hello\e[0m\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void There_are_no_colors_where_the_output_is_no_terminal()
    {
        string output = Log(LogLevel.Error, colors: false);
        Assert.DoesNotContain('\e', output);
        Assert.Matches(@"^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] TRAINING - ERROR - hello\n$", output);
    }

    [Fact]
    public void A_message_cannot_command_the_terminal()
    {
        string output = Log(LogLevel.Information, colors: false, "red \e[31m and\nnew line\u009b31m");
        Assert.EndsWith(@"red \x1b[31m and\nnew line\x9b31m" + "\n", output, StringComparison.Ordinal);
    }

    private static string Log(LogLevel level, bool colors, string message = "hello")
    {
        using var output = new MemoryStream();
        using (TrainLogging logging = TrainLogging.Create(o =>
        {
            (o.EnableFileLogging, o.EnableJsonLogging, o.EnableConsoleLogging, o.MinimumLevel) = (false, false, false, LogLevel.Trace);
            o.AddSink(new ConsoleSink(output, colors));
        }))
        {
            logging.GetLogger(LogCategories.TrainingProgress).Log(level, default, message, null, (text, _) => text);
        }

        return Encoding.UTF8.GetString(output.ToArray());
    }
}
