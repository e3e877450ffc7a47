using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace DigitsTraining.Tests;

public sealed partial class InjectedRunTests(InjectedRun run) : IClassFixture<InjectedRun>
{
    private const int Steps = 1200;

    [Fact]
    public void The_run_survives_and_its_last_line_is_a_test_accuracy_of_at_least_95_percent()
    {
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        Match last = Accuracy().Match(run.Output.TrimEnd().Split('\n')[^1]);
        Assert.True(last.Success, run.Output);
        Assert.InRange(double.Parse(last.Groups[1].ValueSpan, CultureInfo.InvariantCulture), 0.95, 1.0);
    }

    [Theory]
    [InlineData("main.log")]
    [InlineData("training_progress.log")]
    [InlineData("errors.log")]
    [InlineData("numerical_stability.log")]
    [InlineData("system.log")]
    [InlineData("system.json")]
    [InlineData("performance.log")]
    [InlineData("model_operations.log")]
    [InlineData("run.jsonl")]
    public void Every_file_is_there_and_has_lines(string file) => Assert.NotEmpty(run.Lines(file));

    [Fact]
    public void Every_line_of_every_JSON_file_is_valid_JSON()
    {
        string[] files = [.. Directory.GetFiles(run.LogDirectory, "*.json*")];
        Assert.Equal(2, files.Length);
        foreach (string file in files)
        {
            Assert.All(File.ReadLines(file), line => JsonDocument.Parse(line).Dispose());
        }
    }

    [Fact]
    public void Every_step_stands_in_training_progress_exactly_once_and_in_order()
    {
        IEnumerable<int> steps = run.Lines("training_progress.log")
            .Select(line => StepOfText().Match(line))
            .Where(match => match.Success)
            .Select(match => int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
        Assert.Equal(Enumerable.Range(1, Steps), steps);
    }

    [Fact]
    public void Every_step_stands_in_the_JSON_lines_exactly_once_and_in_order() =>
        Assert.Equal(Enumerable.Range(1, Steps), run.Records("Step").Select(step => step.GetProperty("properties").GetProperty("Step").GetInt32()));

    [Fact]
    public void ZLogger_wrote_every_record_that_the_log_has_with_its_time_its_text_and_its_step()
    {
        JsonElement[] own = [.. run.Lines("run.jsonl").Select(line => JsonElement.Parse(line))];
        JsonElement[] byZLogger = [.. run.ZLoggerLines().Select(line => JsonElement.Parse(line))];
        Assert.Equal(
            own.Select(line => (line.GetProperty("timestamp").GetDateTimeOffset(), line.GetProperty("message").GetString())),
            byZLogger.Select(line => (line.GetProperty("Timestamp").GetDateTimeOffset(), line.GetProperty("Message").GetString())));
        Assert.All(
            own.Zip(byZLogger).Where(pair => pair.First.GetProperty("event").GetString() == "Step"),
            pair => Assert.Equal(pair.First.GetProperty("properties").GetProperty("Loss").GetRawText(), pair.Second.GetProperty("Loss").GetRawText()));
    }

    [Fact]
    public void The_NaN_is_logged_with_its_step_its_layer_the_counts_and_the_recovery()
    {
        Assert.Single(
            run.Lines("numerical_stability.log"),
            line => line.Contains("NaN (Medium) in fc2.weight at step 100, NaN: 1, Inf: 0 of 2560 values, Recovery: gradient_zeroing"));
        Assert.Single(run.Records("NumericalIssue"));
    }

    [Fact]
    public void The_error_is_logged_with_its_context_its_trace_and_the_recovery()
    {
        JsonElement error = Assert.Single(run.Records("ErrorWithContext")).GetProperty("properties");
        Assert.Equal(200, error.GetProperty("Context").GetProperty("step").GetInt32());
        Assert.Equal("read_again", error.GetProperty("Recovery").GetString());
        Assert.True(error.GetProperty("Recovered").GetBoolean());
        Assert.Contains(run.Lines("errors.log"), line => line.Contains("   at DigitsTraining.TrainingSession.ReadBatch("));
    }

    [Fact]
    public void Warnings_of_every_category_stand_in_errors_log_too()
    {
        int warnings = Directory.GetFiles(run.LogDirectory, "*.log")
            .Where(file => Path.GetFileName(file) != "errors.log")
            .SelectMany(File.ReadLines)
            .Count(line => line.Contains(" - WARNING - "));
        Assert.True(warnings > 0);
        Assert.Equal(warnings, run.Lines("errors.log").Count(line => line.Contains(" - WARNING - ") && !line.Contains("] ERROR - ")));
    }

    [Fact]
    public void The_best_checkpoint_is_saved_and_loaded_for_the_test()
    {
        string checkpoint = Path.Combine(run.LogDirectory, "checkpoints", "best.bin");
        Assert.True(new FileInfo(checkpoint).Length > 0);
        Assert.Contains(run.Records("ModelOperationSucceeded"), e => e.GetProperty("properties").GetProperty("Operation").GetString() == "model_loading");
        Assert.Equal(run.Records("BestValidation").Length, run.Records("CheckpointSaved").Length + run.Records("CheckpointFlagged").Length);
    }

    [Fact]
    public void Redirected_output_has_a_line_an_epoch_and_the_warning_but_no_steps_and_no_control_characters()
    {
        Assert.Equal(60, run.Output.Split('\n').Count(line => EpochOfText().IsMatch(line)));
        Assert.Contains("at step 100, NaN: 1", run.Output);
        Assert.DoesNotMatch(StepOfText(), run.Output);
        Assert.DoesNotContain('\e', run.Output);
        Assert.Empty(run.Error);
    }

    [GeneratedRegex(@"^test accuracy: ([01]\.\d{4})$")]
    private static partial Regex Accuracy();

    [GeneratedRegex(@"\] epoch +\d+/60 +loss \d")]
    private static partial Regex EpochOfText();

    [GeneratedRegex(@"Epoch \d+, Step (\d+)/1200 \(\d+\.\d%\) - Loss: ")]
    private static partial Regex StepOfText();
}
