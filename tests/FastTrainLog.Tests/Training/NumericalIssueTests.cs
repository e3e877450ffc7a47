using System.Text.Json;
using FastTrainLog.Gradients;
using FastTrainLog.Training;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Tests.Training;

public sealed class NumericalIssueTests
{
    private static readonly float[] Gradient = GC.AllocateArray<float>(8, pinned: true);

    [Theory]
    [InlineData(NonFinitePolicy.Skip, "gradient_zeroing", "Medium", "WARNING")]
    [InlineData(NonFinitePolicy.Sanitize, "non_finite_to_zero", "Medium", "WARNING")]
    [InlineData(NonFinitePolicy.Report, "reported", "High", "ERROR")]
    public void A_step_with_NaN_gradients_is_logged_with_its_layer_its_counts_and_the_recovery(NonFinitePolicy policy, string recovery, string severity, string level)
    {
        using var log = new RunLog();
        log.Run.LogStep(1, 100, 0.5, 0.001, Clip(policy, float.NaN, float.PositiveInfinity));
        JsonElement record = log.Events(TrainingEvents.NumericalIssue).Single();
        JsonElement issue = record.GetProperty("properties");
        Assert.Equal("NaN", issue.GetProperty("Type").GetString());
        Assert.Equal("fc1.weight", issue.GetProperty("Location").GetString());
        Assert.Equal(100, issue.GetProperty("Step").GetInt64());
        Assert.Equal(1, issue.GetProperty("NaNCount").GetInt64());
        Assert.Equal(1, issue.GetProperty("InfinityCount").GetInt64());
        Assert.Equal(8, issue.GetProperty("ElementCount").GetInt64());
        Assert.Equal(recovery, issue.GetProperty("RecoveryAction").GetString());
        Assert.Equal(severity, issue.GetProperty("Severity").GetString());
        Assert.Equal(level, record.GetProperty("level").GetString());
        Assert.Contains("fc1.weight at step 100", Assert.Single(log.Lines("errors.log"), l => l.Contains("Numerical issue")));
        Assert.Single(log.Lines("numerical_stability.log"), l => l.Contains("Numerical issue"));
    }

    [Fact]
    public void Infinite_gradients_without_a_NaN_are_called_infinite()
    {
        using var log = new RunLog();
        log.Run.LogGradients(Clip(NonFinitePolicy.Skip, float.NegativeInfinity, 1f));
        Assert.Equal("Infinity", log.Properties(TrainingEvents.NumericalIssue).GetProperty("Type").GetString());
    }

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.NegativeInfinity, "Infinity")]
    public void A_loss_that_is_not_finite_is_an_issue_of_the_loss(double loss, string type)
    {
        using var log = new RunLog();
        log.Run.LogStep(1, 7, loss, 0.001);
        JsonElement issue = log.Properties(TrainingEvents.NumericalIssue);
        Assert.Equal(("loss", type, 7), (issue.GetProperty("Location").GetString(), issue.GetProperty("Type").GetString(), issue.GetProperty("Step").GetInt32()));
    }

    [Fact]
    public void Finite_steps_raise_no_issue()
    {
        using var log = new RunLog();
        log.Run.LogStep(1, 1, 0.5, 0.001, Clip(NonFinitePolicy.Skip, 1f, 2f));
        Assert.Empty(log.Events(TrainingEvents.NumericalIssue));
    }

    [Theory]
    [InlineData(IssueSeverity.Low, "INFO")]
    [InlineData(IssueSeverity.Medium, "WARNING")]
    [InlineData(IssueSeverity.High, "ERROR")]
    [InlineData(IssueSeverity.Critical, "CRITICAL")]
    public void The_severity_decides_the_level(IssueSeverity severity, string level)
    {
        using var log = new RunLog();
        log.Run.LogNumericalIssue(new NumericalIssue(NumericalIssueType.Spike, severity, "layer_2") { TensorShape = "[32, 64]", Value = 12.5 });
        JsonElement record = log.Events(TrainingEvents.NumericalIssue).Single();
        Assert.Equal(level, record.GetProperty("level").GetString());
        Assert.Equal($"Numerical issue - Spike ({severity}) in layer_2, Shape: [32, 64], Value: 12.5, Recovery: none", record.GetProperty("message").GetString());
    }

    [Fact]
    public void Clipped_steps_are_told_at_debug_level()
    {
        GradientStatistics clipped = new() { Step = 3, LayerCount = 1, Norm = 2, Threshold = 1, Coefficient = 0.5, Action = GradientAction.Clipped };
        using var quiet = new RunLog();
        quiet.Run.LogGradients(clipped);
        Assert.Empty(quiet.Events(TrainingEvents.GradientsClipped));
        using var loud = new RunLog(level: LogLevel.Debug);
        loud.Run.LogGradients(clipped);
        Assert.Equal(0.5, loud.Properties(TrainingEvents.GradientsClipped).GetProperty("Coefficient").GetDouble());
    }

    [Fact]
    public void Gradients_that_are_not_known_yet_leave_no_trace_until_they_are()
    {
        using var log = new RunLog();
        log.Run.LogStep(1, 3, 0.5, 0.001, new GradientStatistics { Step = 3, LayerCount = 1, Norm = double.NaN, Action = GradientAction.Pending });
        log.Run.LogGradients(Clip(NonFinitePolicy.Skip, float.NaN, 1f));
        Assert.Equal(0.0, log.Run.End(success: true).SuccessRate);
        Assert.Equal(JsonValueKind.Null, log.Properties(TrainingEvents.Step).GetProperty("GradientNorm").ValueKind);
        JsonElement late = log.Properties(TrainingEvents.Gradients);
        Assert.Equal((100, 1.0), (late.GetProperty("Step").GetInt64(), late.GetProperty("GradientNorm").GetDouble()));
        Assert.Equal(100, log.Properties(TrainingEvents.NumericalIssue).GetProperty("Step").GetInt64());
    }

    private static GradientStatistics Clip(NonFinitePolicy policy, float first, float second)
    {
        Array.Clear(Gradient);
        (Gradient[3], Gradient[5]) = (first, second);
        using var clipper = new GradientClipper(new GradientClipperOptions { NonFinite = policy });
        return clipper.Clip([GradientBuffer.FromPinnedArray("fc1.weight", Gradient)], step: 100);
    }
}
