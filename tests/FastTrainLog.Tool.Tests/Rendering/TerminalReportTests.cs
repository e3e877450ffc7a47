using FastTrainLog.Tool.Rendering;
using FastTrainLog.Tool.Tests.Runs;
using Spectre.Console;
using Xunit;

namespace FastTrainLog.Tool.Tests.Rendering;

/// <summary><c>analyze</c> on terminals of any width.</summary>
public sealed class TerminalReportTests
{
    [Theory]
    [InlineData(40)]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(120)]
    public void Every_table_keeps_its_first_column_and_no_line_is_wider_than_the_terminal(int width)
    {
        using LogDirectory log = new LogDirectory().With("run.jsonl",
        [
            RunRecord.Start(0, "a"),
            .. Enumerable.Range(1, 30).Select(i => RunRecord.Of(i, "a", 1001, "Step", $"\"Step\":{i},\"Loss\":{31 - i},\"LearningRate\":0.001,\"Throughput\":1234.5,\"StepSeconds\":0.25", step: i)),
            RunRecord.Of(31, "a", 1010, "Validation", "\"Epoch\":1,\"Step\":10,\"Loss\":2.5,\"Metrics\":{\"accuracy\":0.5}"),
            RunRecord.Of(32, "a", 1011, "BestValidation", "\"Epoch\":1,\"Step\":20,\"Loss\":1.5,\"Metrics\":{\"accuracy\":0.75}"),
            RunRecord.Of(33, "a", 1105, "GradientLayer", "\"Step\":20,\"Layer\":\"encoder.layers.0.weight\",\"Norm\":123456.5", "numerical_stability"),
            RunRecord.Of(34, "a", 1300, "Performance", "\"Operation\":\"load_batch\",\"DurationSeconds\":0.125", "performance"),
            RunRecord.Of(35, "a", 1200, "ErrorWithContext", "\"Operation\":\"read_batch\",\"Category\":\"Data\",\"Error\":\"the file is short\"", "errors", level: "ERROR"),
        ]);
        using var output = new StringWriter();
        IAnsiConsole console = StyledConsole.Over(output);
        console.Profile.Width = width;

        new TerminalReport(console, log.Analyze()).Write();

        string text = output.ToString();
        string[] lines = text.Split('\n');
        Assert.All(lines, line => Assert.True(line.TrimEnd().GetCellWidth() <= width, line));
        foreach (string first in new[] { "loss", "learning rate", "validation loss", "validation", "load_batch" })
        {
            Assert.Contains(lines, line => line.TrimStart().StartsWith(first, StringComparison.Ordinal));
        }

        Assert.Contains(lines, line => line.Contains("loss", StringComparison.Ordinal) && line.Contains("30", StringComparison.Ordinal) && line.Contains(" 1", StringComparison.Ordinal));
        Assert.Contains("the file is short", text);
        Assert.Equal(width < 80, text.Contains("need a wider terminal", StringComparison.Ordinal));
        Assert.DoesNotContain("Greatest", text);
    }
}
