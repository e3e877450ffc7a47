using FastTrainLog.Gradients;
using Xunit;

namespace FastTrainLog.Tests.Gradients;

/// <summary>Factors that leave the range of an element's type or of a double.</summary>
public sealed class ElementRangeTests
{
    private static readonly double LargestBFloat16 = BitConverter.UInt32BitsToSingle(0x7F7F0000);

    [Theory]
    [InlineData(GradientType.Float16, 60000.0)]
    [InlineData(GradientType.BFloat16, 3e38)]
    [InlineData(GradientType.Float32, 3e38)]
    [InlineData(GradientType.Float64, 1e308)]
    public void An_element_that_its_loss_scale_brings_beyond_its_type_makes_the_step_non_finite(GradientType type, double value)
    {
        foreach (int elements in new[] { 3, 100 })
        {
            double[] values = new double[elements];
            Array.Fill(values, 3.0);
            values[^2] = -value;
            foreach (NonFinitePolicy policy in Enum.GetValues<NonFinitePolicy>())
            {
                using GradientFixture gradients = new GradientFixture().Add("a", [1.0], type).Add("b", values, type);
                using var clipper = new GradientClipper(new() { NonFinite = policy });
                double stored = gradients.Get(1, elements - 2);

                GradientStatistics statistics = policy == NonFinitePolicy.Throw
                    ? Assert.Throws<NonFiniteGradientException>(() => clipper.Clip(gradients.Buffers, 1, 2.0)).Statistics
                    : clipper.Clip(gradients.Buffers, 1, 2.0);

                Assert.Equal((true, true, "b", 1), (statistics.FoundInf, statistics.Overflowed, statistics.FirstNonFinite, statistics.FirstNonFiniteIndex));
                Assert.Equal((1L, 0L, (long)elements), (clipper.NonFiniteSteps, statistics.NonFiniteCount, statistics.FirstNonFiniteElementCount));
                (double sound, double bad, string done) = policy switch
                {
                    NonFinitePolicy.Skip => (0.0, 0.0, "gradient_zeroing"),
                    NonFinitePolicy.Sanitize => (6.0, 0.0, "non_finite_to_zero"),
                    _ => (3.0, stored, "reported"),
                };
                Assert.Equal((sound, bad, done), (gradients.Get(1, 0), gradients.Get(1, elements - 2), statistics.RecoveryAction));
                gradients.AssertGuardsIntact();
            }
        }
    }

    [Theory]
    [InlineData(GradientType.Float16, 32752.0, false)] // 65,504
    [InlineData(GradientType.Float16, 32768.0, true)]
    [InlineData(GradientType.Float32, float.MaxValue / 2.0, false)]
    [InlineData(GradientType.Float32, 1.7014118346046923e38, true)] // 2^127
    [InlineData(GradientType.Float64, double.MaxValue / 2.0, false)]
    [InlineData(GradientType.Float64, 8.98846567431158e307, true)] // 2^1023
    public void The_largest_value_of_a_type_is_none_too_many(GradientType type, double value, bool overflows)
    {
        using GradientFixture gradients = new GradientFixture().Add("a", [value], type);
        using var clipper = new GradientClipper(new() { NonFinite = NonFinitePolicy.Report });

        Assert.Equal(overflows, clipper.Clip(gradients.Buffers, 1, 2.0).FoundInf);
        Assert.Equal(overflows ? value : value * 2.0, gradients.Get(0, 0));
    }

    [Fact]
    public void The_largest_bfloat16_may_be_written()
    {
        using GradientFixture gradients = new GradientFixture().Add("a", [LargestBFloat16 / 2.0, 1.0], GradientType.BFloat16);
        using var clipper = new GradientClipper();

        Assert.False(clipper.Clip(gradients.Buffers, 1, 2.0).FoundInf);
        Assert.Equal([LargestBFloat16, 2.0], gradients.Values(0));
    }

    [Fact]
    public void A_limit_that_keeps_the_elements_within_their_type_is_applied_as_ever()
    {
        foreach (GradientLimit limit in new[] { GradientLimit.L2Norm(1.0), GradientLimit.Value(1.0), GradientLimit.InfinityNorm(1.0) })
        {
            using GradientFixture gradients = new GradientFixture().Add("a", [60000.0, 0.0], GradientType.Float16);
            using var clipper = new GradientClipper(new() { Limit = limit });

            GradientStatistics statistics = clipper.Clip(gradients.Buffers, 1, 2.0);

            Assert.Equal((false, GradientAction.Clipped, 120000.0), (statistics.FoundInf, statistics.Action, statistics.Norm));
            Assert.Equal([1.0, 0.0], gradients.Values(0));
        }
    }

    [Theory]
    [InlineData(1.7e308, 1e-20, 1.0)]
    [InlineData(1.7e308, 5e-324, 1.0)]
    [InlineData(1e300, 1e-300, 1.0)]
    [InlineData(1.7e308, 1e-20, 1e-5)]
    [InlineData(1.7e308, 1e-20, 1e-300)]
    [InlineData(1e300, 1e-300, 1e8)]
    [InlineData(3e-310, 1e-320, 1.0)]
    public void A_factor_too_small_for_a_double_still_gives_the_limit(double value, double maximum, double inverseScale)
    {
        foreach (GradientLimit limit in new[] { GradientLimit.L2Norm(maximum), GradientLimit.InfinityNorm(maximum) })
        {
            using GradientFixture gradients = new GradientFixture().Add("a", [value, 0.0, -0.0], GradientType.Float64).Add("b", [1e-30f]);
            using var clipper = new GradientClipper(new() { Limit = limit });

            GradientStatistics statistics = clipper.Clip([gradients.Buffers[0]], 1, inverseScale);

            Assert.Equal(GradientAction.Clipped, statistics.Action);
            Assert.InRange(statistics.Coefficient, double.Epsilon, 1.0);
            Assert.InRange(gradients.Get(0, 0) / maximum, 1.0 - 1e-12, 1.0 + 1e-12);
        }
    }

    [Fact]
    public void A_layers_own_limit_may_be_as_small()
    {
        using GradientFixture gradients = new GradientFixture().Add("a", [1e-20], GradientType.Float64).Add("b", [1.0]);
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.AdaGC(relative: 1.0, absolute: 10.0, warmupSteps: 1) });
        clipper.Clip(gradients.Buffers, 1);
        gradients.Set(0, 0, 1.7e308);

        GradientStatistics statistics = clipper.Clip(gradients.Buffers, 2);

        Assert.Equal(1e-20, gradients.Get(0, 0), 1e-32);
        Assert.Equal((double.Epsilon, 1.0), (clipper.Layers[0].Coefficient, clipper.Layers[1].Coefficient));
        Assert.Equal(double.Epsilon, statistics.Coefficient);
    }

    [Fact]
    public void A_half_below_its_smallest_normal_keeps_its_digits()
    {
        using GradientFixture gradients = new GradientFixture().Add("a", [Math.ScaleB(3.0, -24)], GradientType.Float16).Add("b", [1e-45, 3e-39]);
        using var clipper = new GradientClipper();

        Assert.Equal(Math.Sqrt(Math.Pow(3.0 * Math.ScaleB(1.0, -14), 2.0)), clipper.Clip([gradients.Buffers[0]], 1, 1024.0).Norm, 1e-15);
        Assert.Equal(Math.ScaleB(3.0, -14), gradients.Get(0, 0));
    }

    [Fact]
    public void The_exception_says_that_a_type_was_too_small()
    {
        using GradientFixture gradients = new GradientFixture().Add("fc1", [60000.0], GradientType.Float16);
        using var clipper = new GradientClipper(new() { NonFinite = NonFinitePolicy.Throw });

        Assert.Contains(
            "have elements that exceed the range of their type once the loss scale is divided out, first in 'fc1'",
            Assert.Throws<NonFiniteGradientException>(() => clipper.Clip(gradients.Buffers, 1, 2.0)).Message,
            StringComparison.Ordinal);
    }
}
