using System.Text.Json;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Tests.Training;

/// <summary>What a caller says, field by field, and where it stands in the log.</summary>
public sealed class SpeakingTests
{
    public static TheoryData<NumericalIssueType> IssueTypes => [.. Enum.GetValues<NumericalIssueType>()];

    [Theory]
    [MemberData(nameof(IssueTypes))]
    public void A_numerical_issue_of_any_type_carries_every_field(NumericalIssueType type)
    {
        using var log = new RunLog();
        log.Run.LogNumericalIssue(new NumericalIssue(type, IssueSeverity.High, "layer_2", "gradient_zeroing")
        {
            Step = 100,
            TensorShape = "[32, 64]",
            NaNCount = 2,
            InfinityCount = 3,
            ElementCount = 2048,
            Value = 1.5e9,
        });
        JsonElement issue = log.Properties(TrainingEvents.NumericalIssue);
        Assert.Equal($"{type}", issue.GetProperty("Type").GetString());
        Assert.Equal(
            ("High", "layer_2", "[32, 64]", "gradient_zeroing"),
            (Text(issue, "Severity"), Text(issue, "Location"), Text(issue, "TensorShape"), Text(issue, "RecoveryAction")));
        Assert.Equal(
            [100L, 2, 3, 2048],
            new[] { "Step", "NaNCount", "InfinityCount", "ElementCount" }.Select(name => issue.GetProperty(name).GetInt64()));
        Assert.Equal(1.5e9, issue.GetProperty("Value").GetDouble());
        Assert.Contains(
            log.Lines("numerical_stability.log"),
            line => line.EndsWith($"{type} (High) in layer_2 at step 100, Shape: [32, 64], NaN: 2, Inf: 3 of 2048 values, Value: 1.5E+09, Recovery: gradient_zeroing", StringComparison.Ordinal));
    }

    [Fact]
    public void The_types_are_those_of_the_reference() => Assert.Equal(
        ["NaN", "Infinity", "Overflow", "Underflow", "Explosion", "Vanishing", "Spike"],
        Enum.GetNames<NumericalIssueType>());

    [Fact]
    public void Performance_carries_duration_memory_GPU_throughput_and_batch_size()
    {
        using var log = new RunLog();
        log.Run.LogPerformance("inference", TimeSpan.FromSeconds(2.345), 13.62, 4, [("tokens", 512)], gpuBytes: 2_500_000_000, gpuUtilization: 75);
        JsonElement performance = log.Properties(TrainingEvents.Performance);
        Assert.Equal(("inference", 4), (Text(performance, "Operation"), performance.GetProperty("BatchSize").GetInt32()));
        Assert.Equal(
            [2.345, 13.62, 2_500_000_000, 75],
            new[] { "DurationSeconds", "Throughput", "GpuBytes", "GpuUtilization" }.Select(name => performance.GetProperty(name).GetDouble()));
        Assert.InRange(performance.GetProperty("ManagedBytes").GetInt64(), 1000, performance.GetProperty("ProcessBytes").GetInt64());
        Assert.Equal(512, performance.GetProperty("Metrics").GetProperty("tokens").GetDouble());
        Assert.Contains(
            log.Lines("performance.log"),
            line => line.Contains("Performance - inference: Duration: 2.345s, Throughput: 13.62 samples/sec, Batch Size: 4", StringComparison.Ordinal)
                && line.EndsWith("GPU memory: 2.328 GiB, GPU utilisation: 75.0%, tokens: 512", StringComparison.Ordinal));
    }

    [Fact]
    public void An_operation_on_a_model_carries_its_success_its_duration_and_its_details()
    {
        using var log = new RunLog();
        log.Run.LogModelOperation("model_loading", "Stable Diffusion", success: false, TimeSpan.FromSeconds(15.25), [new("debug_mode", true), new("device", "cuda:0")]);
        JsonElement operation = log.Properties(TrainingEvents.ModelOperationFailed);
        Assert.Equal(("model_loading", "Stable Diffusion", false), (Text(operation, "Operation"), Text(operation, "Model"), operation.GetProperty("Success").GetBoolean()));
        Assert.Equal(15.25, operation.GetProperty("DurationSeconds").GetDouble());
        Assert.Equal("""{"debug_mode":true,"device":"cuda:0"}""", operation.GetProperty("Details").GetRawText());
    }

    [Fact]
    public void A_system_event_carries_its_type_its_description_and_its_details()
    {
        using var log = new RunLog();
        log.Run.LogSystemEvent("health_check", "Temperature is high", [new("celsius", 91.5), new("device", "cuda:0")]);
        JsonElement record = log.Events(TrainingEvents.SystemEvent).Single(e => Text(e.GetProperty("properties"), "EventType") == "health_check");
        Assert.Equal("Temperature is high", Text(record.GetProperty("properties"), "Description"));
        Assert.Equal("""{"celsius":91.5,"device":"cuda:0"}""", record.GetProperty("properties").GetProperty("Details").GetRawText());
        Assert.Contains(log.Lines("system.log"), line => line.Contains("health_check - Temperature is high, Details: ", StringComparison.Ordinal));
    }

    private static string? Text(JsonElement properties, string name) => properties.GetProperty(name).GetString();
}
