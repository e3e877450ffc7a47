using System.Reflection;
using System.Text.Json;
using FastTrainLog.Training;
using Xunit;

namespace DigitsTraining.Tests;

/// <summary>A run of the sample says everything that a run can say, but for what this test names with a reason.</summary>
public sealed class EventCoverageTests
{
    private static readonly Dictionary<int, string> NotInAGoodRun = new()
    {
        [TrainingEvents.RunFailed] = "the run does not fail; SignalTests interrupts one",
        [TrainingEvents.CheckpointRefused] = "the sample keeps non-finite gradients out of the model; CheckpointTests refuses one",
        [TrainingEvents.ModelOperationFailed] = "the checkpoint is there; OperationTests has failures",
        [TrainingEvents.Gradients] = "only a GPU delivers the statistics of a step later; DeliveryTests has some",
        [TrainingEvents.GradientHistogramsLost] = "only a GPU's ring can overrun; DeviceHistogramTests has one that does",
        [TrainingEvents.GradientStatisticsLost] = "only a GPU's ring can overrun; DeliveryTests has one that does",
        [TrainingEvents.GradientsOutstanding] = "only a GPU can leave steps unfinished at the end; DeliveryTests has one that does",
        [TrainingEvents.GradientFallback] = "only where a GPU cannot run the kernels; FallbackTests has such ones",
        [TrainingEvents.GpuUsage] = "needs an NVIDIA driver; ResourceSamplerTests has a stand-in",
        [TrainingEvents.ResourceShort] = "memory and disk are not short; ResourceSamplerTests makes them so",
        [TrainingEvents.ResourceEnough] = "comes after ResourceShort",
        [TrainingEvents.LoggedAfterEnd] = "the sample logs nothing behind the end of its run; RunEndTests does",
        [TrainingEvents.CallsAfterEnd] = "comes after LoggedAfterEnd",
        [TrainingEvents.SignalReceived] = "nobody sends the sample a signal; RunEndTests does",
        [TrainingEvents.ControlUnavailable] = "the directory can have a socket; ControlSocketTests has one that cannot",
        [TrainingEvents.ControlCommand] = "nobody sends the sample a command; ControlTests does",
        [TrainingEvents.ControlRefused] = "nobody sends the sample a command; ControlTests does",
        [TrainingEvents.RunPaused] = "nobody sends the sample a command; ControlTests does",
        [TrainingEvents.PauseEnded] = "nobody sends the sample a command; ControlTests does",
        [TrainingEvents.SamplingTrouble] = "needs a broken driver; ResourceSamplerTests has one",
    };

    [Fact]
    public void A_run_says_every_event_that_a_good_run_can_have()
    {
        using var process = new SampleProcess(
            new Dictionary<string, string> { ["FASTTRAINLOG_MINIMUM_LEVEL"] = "Debug", ["FASTTRAINLOG_RESOURCE_INTERVAL"] = "00:00:00.1" },
            "--inject-nan", "100", "--inject-error", "200");
        Assert.True(process.WaitForEnd() == 0, process.Output + process.Error);
        HashSet<int> found = [.. File.ReadLines(process.Log("run.jsonl")).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("event_id").GetInt32())];
        FieldInfo[] missing = [.. typeof(TrainingEvents).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => !found.Contains((int)field.GetRawConstantValue()!) && !NotInAGoodRun.ContainsKey((int)field.GetRawConstantValue()!))];
        Assert.True(missing.Length == 0, $"The sample's run lacks {string.Join(", ", missing.Select(field => field.Name))}: let the sample say it, or name the reason here.");
    }

    [Fact]
    public void Every_record_of_a_run_names_it_and_those_after_the_first_step_name_a_step()
    {
        using var process = new SampleProcess("--epochs", "2");
        process.WaitForEnd();
        JsonElement[] records = [.. File.ReadLines(process.Log("run.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)];
        string? run = records.First(record => record.TryGetProperty("run", out _)).GetProperty("run").GetString();
        Assert.All(records, record => Assert.Equal(run, record.GetProperty("run").GetString()));
        Assert.All(
            records.SkipWhile(record => record.GetProperty("event").GetString() != "Step"),
            record => Assert.InRange(record.GetProperty("step").GetInt64(), 1, 1200));
    }
}
