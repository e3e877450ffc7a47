using FastTrainLog.GpuBench;
using FastTrainLog.GpuBench.Cases;
using FastTrainLog.Gradients;
using FastTrainLog.Gradients.Cuda;
using FastTrainLog.Kernels.Tests.StandIn;
using Xunit;

namespace FastTrainLog.Kernels.Tests;

/// <summary>The limits decided on the device are those decided on the host, through warm-up, sliding windows, spikes and bad steps.</summary>
[Collection(StandInCollection.Name)]
public sealed class LimitTests
{
    private const int Steps = 90;

    public static TheoryData<KernelDriver, string> Runs { get; }
        = new MatrixTheoryData<KernelDriver, string>(Enum.GetValues<KernelDriver>(), LimitRun.Limits.Keys);

    [Theory]
    [MemberData(nameof(Runs))]
    public void Device_and_host_decide_alike_at_every_step_of_a_run(KernelDriver kernelDriver, string limit)
    {
        BenchDriver driver = kernelDriver.Require();
        foreach (NonFinitePolicy policy in new[] { NonFinitePolicy.Skip, NonFinitePolicy.Sanitize, NonFinitePolicy.Report })
        {
            using var run = new LimitRun(driver, 0, new CudaTuning(32, 1024, 2, 0), LimitRun.Limits[limit], policy);
            Assert.Null(run.Run(Steps));
        }
    }
}
