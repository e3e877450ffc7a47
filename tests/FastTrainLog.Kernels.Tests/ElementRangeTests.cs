using FastTrainLog.Gradients;
using FastTrainLog.Kernels.Tests.StandIn;
using Xunit;

namespace FastTrainLog.Kernels.Tests;

/// <summary>Factors that leave the range of an element's type or of a double, by the kernels as on the host.</summary>
[Collection(StandInCollection.Name)]
public sealed class ElementRangeTests
{
    [Theory]
    [InlineData(KernelDriver.Pocl)]
    [InlineData(KernelDriver.StandIn)]
    public void An_element_that_its_loss_scale_brings_beyond_its_type_makes_the_step_non_finite(KernelDriver driver)
    {
        foreach ((GradientType type, double value) in new[]
        {
            (GradientType.Float16, 60000.0), (GradientType.BFloat16, 3e38), (GradientType.Float32, 3e38), (GradientType.Float64, 1e308),
        })
        {
            foreach (NonFinitePolicy policy in new[] { NonFinitePolicy.Skip, NonFinitePolicy.Sanitize, NonFinitePolicy.Report })
            {
                using var sides = new BothSides(driver, new GradientClipperOptions { NonFinite = policy });
                (GradientStatistics statistics, double[][] values) = sides.Clip(1, [("a", type, [1.0, -2.0]), ("b", type, [3.0, -value, 1.0])], inverseScale: 2.0);
                Assert.True(statistics.Overflowed);
                Assert.Equal(("b", 3L, 1L), (statistics.FirstNonFinite, statistics.FirstNonFiniteElementCount, sides.OnDevice.NonFiniteSteps));
                double[] expected = policy switch
                {
                    NonFinitePolicy.Skip => [0.0, 0.0, 0.0],
                    NonFinitePolicy.Sanitize => [6.0, 0.0, 2.0],
                    _ => [3.0, values[1][1], 1.0],
                };
                Assert.Equal(expected, values[1]);
                Assert.Equal(policy == NonFinitePolicy.Sanitize ? -4.0 : policy == NonFinitePolicy.Skip ? 0.0 : -2.0, values[0][1]);
            }
        }
    }

    [Theory]
    [InlineData(KernelDriver.Pocl)]
    [InlineData(KernelDriver.StandIn)]
    public void A_limit_that_keeps_the_elements_within_their_type_is_applied_as_ever(KernelDriver driver)
    {
        foreach (GradientLimit limit in new[] { GradientLimit.L2Norm(1.0), GradientLimit.Value(1.0), GradientLimit.InfinityNorm(1.0) })
        {
            using var sides = new BothSides(driver, new GradientClipperOptions { Limit = limit });
            (GradientStatistics statistics, double[][] values) = sides.Clip(1, [("a", GradientType.Float16, [60000.0, 0.0])], inverseScale: 2.0);
            Assert.False(statistics.FoundInf);
            Assert.Equal((GradientAction.Clipped, 120000.0), (statistics.Action, statistics.Norm));
            Assert.Equal([1.0, 0.0], values[0]);
        }

        using var beyond = new BothSides(driver, new GradientClipperOptions { Limit = GradientLimit.Value(1e6) });
        Assert.True(beyond.Clip(1, [("a", GradientType.Float16, [60000.0])], inverseScale: 40.0).Statistics.Overflowed);
    }

    [Theory]
    [InlineData(KernelDriver.Pocl)]
    [InlineData(KernelDriver.StandIn)]
    public void A_factor_too_small_for_a_double_still_gives_the_limit(KernelDriver driver)
    {
        using var sides = new BothSides(driver, new GradientClipperOptions { Limit = GradientLimit.L2Norm(1e-20) });
        (GradientStatistics statistics, double[][] values) = sides.Clip(1, [("a", GradientType.Float64, [1.7e308, 0.0]), ("b", GradientType.Float32, [1.0])]);
        Assert.Equal((GradientAction.Clipped, double.Epsilon), (statistics.Action, statistics.Coefficient));
        Assert.Equal(1.0, values[0][0] / 1e-20, 1e-12);

        // With a loss scale on top, and by layer.
        (_, values) = sides.Clip(2, [("a", GradientType.Float64, [1.7e308]), ("b", GradientType.Float32, [1.0])], inverseScale: 1e-5);
        Assert.Equal(1.0, values[0][0] / 1e-20, 1e-12);
        using var byLayer = new BothSides(driver, new GradientClipperOptions { Limit = GradientLimit.AdaGC(relative: 1.0, warmupSteps: 1) });
        byLayer.Clip(1, [("a", GradientType.Float64, [1e-20])]);
        (_, values) = byLayer.Clip(2, [("a", GradientType.Float64, [1.7e308])]);
        Assert.Equal(1.0, values[0][0] / 1e-20, 1e-12);
    }
}
