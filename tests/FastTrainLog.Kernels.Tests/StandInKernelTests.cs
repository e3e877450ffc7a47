using FastTrainLog.GpuBench.Cases;
using FastTrainLog.Gradients;
using FastTrainLog.Gradients.Cuda;
using FastTrainLog.Kernels.Tests.StandIn;
using Xunit;

namespace FastTrainLog.Kernels.Tests;

/// <summary>The kernels compiled as C, a block's threads taking turns at each barrier: the same cases as on PoCL, in other orders.</summary>
[Collection(StandInCollection.Name)]
public sealed class StandInKernelTests
{
    private const int ChunkBytes = 4096;

    [Theory]
    [InlineData(64, false)]
    [InlineData(64, true)]
    [InlineData(32, false)]
    [InlineData(256, true)]
    public void Every_scenario_and_policy_gives_the_plain_answer_whichever_block_ends_last(int threads, bool backwards)
    {
        using var standIn = new StandInDriver();
        standIn.Backwards(backwards);
        var runner = new CaseRunner(standIn.Bench, 0, new CudaTuning(threads, ChunkBytes, 2, 0));
        var wrong = ClipCases.All(ChunkBytes)
            .Select(clipCase => (clipCase, message: runner.Run(clipCase)))
            .Where(run => run.message is not null)
            .Select(run => $"{run.clipCase}: {run.message}");
        Assert.Empty(wrong);
        Assert.Equal(0, standIn.Allocations);
    }

    [Theory]
    [InlineData(4096, "CUDA_ERROR_ILLEGAL_ADDRESS")]
    [InlineData(4098, "CUDA_ERROR_MISALIGNED_ADDRESS")]
    public void An_address_that_a_GPU_refuses_fails_the_call_that_waits_next_and_all_later_ones(int address, string error)
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(3);
        using CudaClipper clipper = standIn.Open();
        standIn.Hold();
        Assert.True(clipper.TryClip(gradients.List, 1, inverseScaleAddress: (ulong)address));
        Assert.False(clipper.Synchronize());
        Assert.Contains(error, clipper.Failure, StringComparison.Ordinal);
        Assert.False(clipper.Statistics.TryRead(out _));
        Assert.False(clipper.TryClip(gradients.List, 2));
    }

    [Fact]
    public void Order_in_which_blocks_end_does_not_change_a_bit()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(20_000, 3, 7_777);
        var random = new Random(5);
        for (int layer = 0; layer < 3; layer++)
        {
            foreach (ref float value in gradients.Span(layer))
            {
                value = (float)((random.NextDouble() - 0.5) * Math.Exp(random.NextDouble() * 20));
            }
        }

        double norm = 0.0;
        foreach (bool backwards in new[] { false, true, false })
        {
            standIn.Backwards(backwards);
            using CudaClipper clipper = standIn.Open();
            Assert.True(clipper.TryClip(gradients.List, 1));
            Assert.True(clipper.Statistics.TryRead(out GradientStatistics statistics));
            norm = norm == 0.0 ? statistics.Norm : norm;
            Assert.Equal(norm, statistics.Norm);
        }
    }
}
