using FastTrainLog.GpuBench;
using FastTrainLog.Kernels.Tests.Pocl;
using FastTrainLog.Kernels.Tests.StandIn;
using Xunit;

namespace FastTrainLog.Kernels.Tests;

/// <summary>The two ways in which the kernels run without a GPU.</summary>
public enum KernelDriver
{
    /// <summary>As OpenCL C on PoCL.</summary>
    Pocl,

    /// <summary>As C in the stand-in driver.</summary>
    StandIn,
}

/// <summary>Opens a driver for a test, or skips the test with the reason why it cannot.</summary>
internal static class KernelDrivers
{
    public static BenchDriver Require(this KernelDriver driver)
    {
        if (driver == KernelDriver.StandIn)
        {
            using var standIn = new StandInDriver();
            return standIn.Bench;
        }

        BenchDriver? pocl = PoclDriver.TryLoad(out string? reason);
        Assert.SkipWhen(pocl is null, reason ?? string.Empty);
        return pocl!;
    }
}
