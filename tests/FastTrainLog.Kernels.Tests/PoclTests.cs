using FastTrainLog.GpuBench;
using FastTrainLog.GpuBench.Cases;
using FastTrainLog.Gradients;
using FastTrainLog.Gradients.Cuda;
using FastTrainLog.Kernels.Tests.Pocl;
using Xunit;

namespace FastTrainLog.Kernels.Tests;

/// <summary>The kernels as OpenCL C on a CPU: each type, with every scenario and policy, shapes and placements in turn.</summary>
public sealed class PoclTests
{
    private const int ChunkBytes = 4096;

    private static readonly CudaTuning Small = new(64, ChunkBytes, 2, 0);

    [Theory]
    [InlineData(GradientType.Float32)]
    [InlineData(GradientType.Float64)]
    [InlineData(GradientType.Float16)]
    [InlineData(GradientType.BFloat16)]
    public void Every_scenario_and_policy_gives_the_plain_answer(GradientType type)
    {
        var runner = new CaseRunner(Driver(), 0, Small);
        string[] wrong = ClipCases.All(ChunkBytes)
            .Where(clipCase => clipCase.Type == type)
            .Select(clipCase => (clipCase, message: runner.Run(clipCase)))
            .Where(run => run.message is not null)
            .Select(run => $"{run.clipCase}: {run.message}")
            .ToArray();
        Assert.True(wrong.Length == 0, string.Join("\n", wrong));
    }

    private static BenchDriver Driver()
    {
        BenchDriver? driver = PoclDriver.TryLoad(out string? reason);
        Assert.SkipWhen(driver is null, reason ?? string.Empty);
        return driver!;
    }
}
