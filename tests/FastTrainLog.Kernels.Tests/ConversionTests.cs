using FastTrainLog.GpuBench.Cases;
using FastTrainLog.Gradients;
using FastTrainLog.Kernels.Tests.StandIn;
using Xunit;

namespace FastTrainLog.Kernels.Tests;

/// <summary>Every value of the half types, read and written.</summary>
[Collection(StandInCollection.Name)]
public sealed class ConversionTests
{
    public static TheoryData<KernelDriver, GradientType> Types { get; } = new MatrixTheoryData<KernelDriver, GradientType>(
        Enum.GetValues<KernelDriver>(), [GradientType.Float16, GradientType.BFloat16]);

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_half_is_measured_exactly_and_scaled_to_the_nearest_even(KernelDriver kernelDriver, GradientType type)
        => Assert.Null(ConversionCheck.Run(kernelDriver.Require(), 0, type));
}
