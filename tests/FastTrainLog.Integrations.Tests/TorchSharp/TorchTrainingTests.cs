using System.Text.Json;
using Xunit;

namespace FastTrainLog.Integrations.Tests.TorchSharp;

/// <summary>samples/TorchTraining, in a form too short to learn much.</summary>
public sealed class TorchTrainingTests
{
    private const int Steps = 60;
    private static readonly string[] Short = ["--steps", $"{Steps}"];

    [Fact]
    public void A_run_that_was_stopped_and_resumed_logs_what_an_uninterrupted_one_logs()
    {
        using var whole = new TorchTrainingRun();
        using var halves = new TorchTrainingRun();
        (int exitCode, string output, string error) = whole.Start(Short);
        Assert.True(exitCode == 0, output + error);
        Assert.Equal(3, halves.Start([.. Short, "--stop-after", "40"]).ExitCode);
        (exitCode, string resumedOutput, error) = halves.Start("--resume");
        Assert.True(exitCode == 0, resumedOutput + error);

        Assert.Equal(Steps, whole.Records("Step").Length);
        Assert.Equal(whole.Properties("Step").Select(Trajectory), halves.Properties("Step").Select(Trajectory));
        Assert.Equal(Outcome(output), Outcome(resumedOutput));
        Assert.Single(halves.Records("Step").Select(static step => step.GetProperty("run").GetString()).Distinct());
        Assert.Equal(40, Assert.Single(halves.Properties("Resumed")).GetProperty("Step").GetInt32());

        CheckLog(whole);
    }

    [Fact]
    public void What_cannot_be_resumed_is_refused_with_the_reason()
    {
        using var run = new TorchTrainingRun();
        (int exitCode, string output, string error) = run.Start("--resume");

        Assert.Equal((2, ""), (exitCode, output));
        Assert.Contains("last.bin' is not there", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--steps", "0", "--steps is '0'")]
    [InlineData("--seed", "x", "--seed is 'x'")]
    [InlineData("--epochs", "3", "'--epochs' is unknown")]
    public void A_wrong_option_is_refused_with_its_name_and_its_value(string option, string value, string complaint)
    {
        using var run = new TorchTrainingRun();
        (int exitCode, _, string error) = run.Start(option, value);

        Assert.Equal(2, exitCode);
        Assert.Contains(complaint, error, StringComparison.Ordinal);
    }

    // A learning rate that rises and falls, falling losses, validations with checkpoints, and every layer's gradients by its name.
    private static void CheckLog(TorchTrainingRun run)
    {
        double[] rates = [.. run.Properties("Step").Select(static step => step.GetProperty("LearningRate").GetDouble())];
        Assert.Equal(5, Array.IndexOf(rates, rates.Max()));
        Assert.True(rates[0] < rates[5] && rates[^1] < rates[30]);

        double[] losses = [.. run.Properties("Step").Select(static step => step.GetProperty("Loss").GetDouble())];
        Assert.True(losses[^1] < 0.7 * losses[0], $"the loss went from {losses[0]} to {losses[^1]}");

        Assert.Equal([50, 60], run.Properties("BestValidation").Concat(run.Properties("Validation")).Select(static v => v.GetProperty("Step").GetInt32()).Order());
        Assert.True(run.Records("CheckpointSaved").Length >= 3);

        string[] layers = [.. run.Properties("GradientLayer").Select(static layer => layer.GetProperty("Layer").GetString()!)];
        Assert.Contains("characters.weight", layers);
        Assert.Contains("blocks.1.attention_qkv.weight", layers);
        Assert.Contains("head.bias", layers);
        Assert.Equal(layers.Length, layers.Distinct().Count());
        Assert.Empty(run.Records("ErrorWithContext"));
        Assert.Empty(run.Records("NumericalIssue"));
    }

    private static (int Step, string Loss, string LearningRate, string Norm) Trajectory(JsonElement step) => (
        step.GetProperty("Step").GetInt32(),
        step.GetProperty("Loss").GetRawText(),
        step.GetProperty("LearningRate").GetRawText(),
        step.GetProperty("GradientNorm").GetRawText());

    private static string[] Outcome(string output) => [.. output.TrimEnd().Split('\n')[^3..]];
}
