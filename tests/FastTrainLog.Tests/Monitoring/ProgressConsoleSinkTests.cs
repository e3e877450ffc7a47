using System.Text;
using FastTrainLog.Monitoring;
using FastTrainLog.Sinks;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Tests.Monitoring;

public sealed class ProgressConsoleSinkTests
{
    [Fact]
    public void Redirected_output_has_epochs_and_warnings_but_neither_steps_nor_control_characters()
    {
        string output = Run(interactive: false);
        Assert.Contains("Training started", output);
        Assert.Contains("Epoch 1/5 completed", output);
        Assert.Contains("Numerical issue - NaN", output);
        Assert.DoesNotContain("Step 1/150", output);
        Assert.DoesNotContain(output, c => c is '\e' or '\r');
    }

    [Fact]
    public void A_terminal_shows_progress_that_is_erased_before_each_line_and_at_the_end()
    {
        string output = Run(interactive: true);
        int progress = output.IndexOf("0.7% step 1/150 epoch 1 loss ", StringComparison.Ordinal);
        int erased = output.IndexOf("\r\e[K", progress + 1, StringComparison.Ordinal);
        int epoch = output.IndexOf("Epoch 1/5 completed", StringComparison.Ordinal);
        Assert.True(progress >= 0 && progress < erased && erased < epoch, output);
        Assert.EndsWith("\n", output);
    }

    [Theory]
    [InlineData(200, @"\[\.{24}\] 0\.7% step 1/150 epoch 1 loss NaN ETA [\d:.]+\r")]
    [InlineData(66, @"\[\.{6,20}\] 0\.7% step 1/150 epoch 1 loss NaN ETA [\d:.]+\r")]
    [InlineData(50, @"(?<!\] )0\.7% step 1/150 epoch 1 loss NaN ETA [\d:.]+\r")]
    [InlineData(20, @"0\.7% step 1/150 epo\r")]
    public void The_bar_has_what_the_figures_leave_of_the_width(int width, string line) => Assert.Matches(line, Run(interactive: true, width));

    private static string Run(bool interactive, int width = 120)
    {
        var output = new MemoryStream();
        string directory = Directory.CreateTempSubdirectory("ftl-progress-").FullName;
        using (TrainLogging logging = TrainLogging.Create(o =>
        {
            o.LogDirectory = directory;
            o.EnableConsoleLogging = false;
            o.AddSink(new ProgressConsoleSink(new ConsoleSink(output, colors: false), output, interactive, filter: null, () => width));
        }))
        {
            TrainingRun run = TrainingRun.Start(logging, Training.RunLog.Options);
            run.LogStep(1, 1, double.NaN, 0.001);
            Assert.True(logging.Flush());
            run.LogEpoch(1);
            run.End(success: true);
        }

        Directory.Delete(directory, recursive: true);
        return Encoding.UTF8.GetString(output.ToArray());
    }
}
