using FastTrainLog.Gradients;
using Xunit;

namespace FastTrainLog.Tests.Gradients;

/// <summary>Each limit against its paper's formula written out plainly, over runs with spikes and non-finite steps.</summary>
public sealed class GradientLimitTests
{
    private const int Steps = 400;

    [Fact]
    public void Infinity_norm_scales_all_gradients_by_the_largest_element()
    {
        using GradientFixture gradients = new GradientFixture().Add("a", [3.0, -4.0]).Add("b", [1.0]);
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.InfinityNorm(2.0) });

        GradientStatistics statistics = clipper.Clip(gradients.Buffers, 1);

        Assert.Equal((2.0, 0.5), (statistics.Threshold, statistics.Coefficient));
        Assert.Equal([1.5, -2.0], gradients.Values(0));
        Assert.Equal([0.5], gradients.Values(1));
    }

    [Fact]
    public void Value_clamps_each_element_on_its_own()
    {
        using GradientFixture gradients = new GradientFixture().Add("a", [3.0, -4.0, 0.5, -0.25, 0.0]);
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.Value(1.0) });

        GradientStatistics statistics = clipper.Clip(gradients.Buffers, 1);

        Assert.True(statistics.Clipped);
        Assert.Equal((1.0, 1.0), (statistics.Threshold, statistics.Coefficient));
        Assert.Equal([1.0, -1.0, 0.5, -0.25, 0.0], gradients.Values(0));
    }

    [Fact]
    public void Value_applies_to_gradients_without_their_loss_scale()
    {
        using GradientFixture gradients = new GradientFixture().Add("a", [8.0, 3.0]);
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.Value(2.0) });

        clipper.Clip(gradients.Buffers, 1, inverseScale: 0.5);

        Assert.Equal([2.0, 1.5], gradients.Values(0));
    }

    [Theory]
    [InlineData(10.0, 1024)]
    [InlineData(50.0, 16)]
    [InlineData(90.0, 2)]
    [InlineData(0.0, 7)]
    [InlineData(97.0, 7)]
    public void AutoClip_holds_the_norm_to_the_percentile_of_the_norms_seen(double percentile, int history)
    {
        var seen = new List<double>();

        AssertFollows(GradientLimit.AutoClip(percentile, history), (norms, finite) =>
        {
            double norm = Total(norms);
            if (finite)
            {
                seen.Add(norm);
            }

            double[] sorted = [.. seen.TakeLast(history).Order()];
            if (sorted.Length == 0)
            {
                return (double.PositiveInfinity, Same(norms, 1.0));
            }

            // NumPy's linear interpolation: the percentile lies at the fraction p of the way from the first to the last rank.
            double place = percentile / 100.0 * (sorted.Length - 1);
            double low = sorted[(int)Math.Floor(place)];
            double high = sorted[(int)Math.Ceiling(place)];
            double threshold = low + ((high - low) * (place - Math.Floor(place)));
            return (threshold, Same(norms, Math.Min(1.0, threshold / norm)));
        });
    }

    [Theory]
    [InlineData(2.5, 0.97, 25, double.PositiveInfinity)]
    [InlineData(2.0, 0.9, 2, 7.0)]
    public void ZClip_holds_an_outlier_to_the_reciprocal_of_its_z_score(double threshold, double smoothing, int warmup, double maximum)
    {
        var seen = new List<double>();
        (double mean, double variance) = (0.0, 0.0);

        AssertFollows(GradientLimit.ZClip(threshold, smoothing, warmup, maximum), (norms, finite) =>
        {
            double norm = Total(norms);
            double limit = maximum;
            if (seen.Count >= warmup)
            {
                double deviation = Math.Sqrt(variance) + (1e-6 * mean);
                double z = (norm - mean) / deviation;
                limit = z > threshold ? Math.Min(limit, mean + (threshold * threshold / z * deviation)) : limit;
            }

            double clipped = Math.Min(norm, limit);
            if (finite)
            {
                seen.Add(clipped);
                if (seen.Count <= warmup)
                {
                    mean = seen.Average();
                    variance = seen.Average(n => (n - mean) * (n - mean));
                }
                else
                {
                    mean = (smoothing * mean) + ((1.0 - smoothing) * clipped);
                    variance = (smoothing * variance) + ((1.0 - smoothing) * Math.Pow(clipped - mean, 2.0));
                }
            }

            return (limit, Same(norms, Math.Min(1.0, limit / norm)));
        });
    }

    [Theory]
    [InlineData(1.05, 5.0, 0.98, 20)]
    [InlineData(1.5, 1e9, 0.5, 1)]
    public void AdaGC_holds_each_layer_to_its_own_average(double relative, double absolute, double smoothing, int warmup)
    {
        double[]? averages = null;
        int seen = 0;

        AssertFollows(GradientLimit.AdaGC(relative, absolute, smoothing, warmup), (norms, finite) =>
        {
            double[] factors;
            double threshold;
            if (seen < warmup)
            {
                threshold = absolute;
                factors = Same(norms, Math.Min(1.0, absolute / Total(norms)));
                if (finite)
                {
                    double[] clipped = [.. norms.Zip(factors, (n, f) => n * f)];
                    averages = averages is null ? clipped : [.. averages.Zip(clipped, Math.Min)];
                }
            }
            else
            {
                threshold = double.PositiveInfinity;
                factors = [.. norms.Zip(averages!, (n, a) => Math.Min(1.0, relative * a / n))];
                if (finite)
                {
                    averages = [.. averages!.Select((a, i) => (smoothing * a) + ((1.0 - smoothing) * norms[i] * factors[i]))];
                }
            }

            seen += finite ? 1 : 0;
            return (threshold, factors);
        });
    }

    [Fact]
    public void AdaGC_starts_anew_when_the_layers_are_others()
    {
        using GradientFixture first = new GradientFixture().Add("a", [1.0]);
        using GradientFixture second = new GradientFixture().Add("b", [100.0]);
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.AdaGC(absolute: 50.0, warmupSteps: 1) });
        clipper.Clip(first.Buffers, 1);
        Assert.Equal(double.PositiveInfinity, clipper.Clip(first.Buffers, 2).Threshold);

        Assert.Equal(50.0, clipper.Clip(second.Buffers, 3).Threshold);
    }

    [Fact]
    public void AdaGC_takes_the_first_norm_of_a_layer_that_had_no_gradient_for_its_average()
    {
        using GradientFixture zero = new GradientFixture().Add("a", [0.0]).Add("b", [1.0]);
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.AdaGC(warmupSteps: 1) });
        clipper.Clip(zero.Buffers, 1);
        zero.Set(0, 0, 3.0);

        clipper.Clip(zero.Buffers, 2);
        Assert.Equal(3.0, zero.Get(0, 0));

        // From then on its first norm is what it is held to.
        zero.Set(0, 0, 300.0);
        clipper.Clip(zero.Buffers, 3);
        AssertClose(1.04 * 3.0, zero.Get(0, 0), tolerance: 1e-6);
    }

    [Theory]
    [InlineData(new double[0])]
    [InlineData(new[] { 0.0 })]
    public void AdaGC_remembers_nothing_of_a_layer_in_a_step_in_which_it_has_no_gradient(double[] none)
    {
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.AdaGC(absolute: 10.0, smoothing: 0.5, warmupSteps: 1) });
        CoefficientOfLayer(clipper, 1, [1.0]);
        CoefficientOfLayer(clipper, 2, none);

        Assert.Equal(1.0, CoefficientOfLayer(clipper, 3, [1.0]));
        AssertClose(1.04 / 2.0, CoefficientOfLayer(clipper, 4, [2.0]));
    }

    [Theory]
    [InlineData(new double[0])]
    [InlineData(new[] { 0.0 })]
    public void AdaGC_keeps_what_it_has_of_a_layer_that_has_no_gradient_in_the_warm_up(double[] none)
    {
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.AdaGC(absolute: 10.0, warmupSteps: 2) });
        CoefficientOfLayer(clipper, 1, [1.0]);
        CoefficientOfLayer(clipper, 2, none);

        AssertClose(1.04e-6, CoefficientOfLayer(clipper, 3, [1e6]));
    }

    [Fact]
    public void AdaGC_holds_a_layer_again_after_norms_that_no_double_can_hold()
    {
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.AdaGC(absolute: double.MaxValue, smoothing: 0.6, warmupSteps: 1) });
        for (int step = 1; step <= 20; step++)
        {
            CoefficientOfLayer(clipper, step, [1.7e308, 1.7e308]);
        }

        // The average comes down as from any other norm, so that what lies far above the new ones is a spike again.
        for (int step = 21; step <= 60; step++)
        {
            CoefficientOfLayer(clipper, step, [1e300]);
        }

        Assert.InRange(CoefficientOfLayer(clipper, 61, [1e307]), 1e-7, 2e-7);
    }

    [Theory]
    [InlineData(2, 0.97, 1e160)]
    [InlineData(3, 0.5, 1e300)]
    [InlineData(4096, 0.97, 1e160)]
    public void ZClip_clips_again_after_a_warm_up_with_norms_whose_squares_no_double_can_hold(int warmup, double smoothing, double huge)
    {
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.ZClip(smoothing: smoothing, warmupSteps: warmup) });
        for (int step = 1; step <= warmup; step++)
        {
            CoefficientOfLayer(clipper, step, [step % 2 == 0 ? 1.0 : huge]);
        }

        Assert.InRange(CoefficientOfLayer(clipper, warmup + 1, [double.MaxValue]), 0.0, 0.99);

        // The mean falls from the huge norms as it would from any other.
        for (int step = 1; step <= 30_000; step++)
        {
            CoefficientOfLayer(clipper, warmup + 1 + step, [step % 2 == 0 ? 1.0 : 1.1]);
        }

        Assert.InRange(CoefficientOfLayer(clipper, warmup + 30_002, [100.0]), 0.01, 0.02);
    }

    [Fact]
    public void ZClip_clips_again_after_norms_that_no_double_can_hold()
    {
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.ZClip(smoothing: 0.6, warmupSteps: 2) });
        for (int step = 1; step <= 20; step++)
        {
            CoefficientOfLayer(clipper, step, [1.7e308, 1.7e308]);
        }

        for (int step = 21; step <= 5_000; step++)
        {
            CoefficientOfLayer(clipper, step, [step % 2 == 0 ? 1.0 : 1.1]);
        }

        Assert.InRange(CoefficientOfLayer(clipper, 5_001, [100.0]), 0.01, 0.02);
    }

    [Fact]
    public void Stability_score_falls_with_spikes_and_non_finite_steps_as_its_formula_says()
    {
        var random = new Random(41);
        using var clipper = new GradientClipper(new() { NonFinite = NonFinitePolicy.Sanitize });
        (double mean, double expected) = (0.0, 0.0);
        (int finiteSteps, double last) = (0, 1.0);
        for (int step = 1; step <= Steps; step++)
        {
            (double[] norms, bool finite) = NextStep(random, step);
            using GradientFixture gradients = Gradients(norms, finite);
            double norm = Total(norms);
            double quality = 0.0;
            if (finite)
            {
                quality = finiteSteps == 0 ? 1.0 : Math.Min(1.0, 2.0 * mean / norm);
                finiteSteps++;
                double taken = finiteSteps == 1 ? norm : Math.Min(norm, 2.0 * mean);
                mean += (taken - mean) / Math.Min(finiteSteps, 100);
            }

            expected += (quality - expected) / Math.Min(step, 100);

            last = clipper.Clip(gradients.Buffers, step).StabilityScore;

            Assert.Equal(expected, last, 6);
        }

        Assert.InRange(last, 0.5, 0.99);
    }

    [Fact]
    public void Stability_score_of_a_calm_run_is_one()
    {
        using GradientFixture gradients = new GradientFixture().Add("a", [1.0, 2.0]);
        using var clipper = new GradientClipper();

        for (int step = 0; step < 150; step++)
        {
            Assert.Equal(1.0, clipper.Clip(gradients.Buffers, step).StabilityScore);
        }
    }

    /// <summary>Runs a limit beside its plain form and compares threshold, factors and the gradients left behind, step by step.</summary>
    private static void AssertFollows(GradientLimit limit, Func<double[], bool, (double Threshold, double[] Factors)> plain)
    {
        var random = new Random(42);
        using var clipper = new GradientClipper(new() { Limit = limit, NonFinite = NonFinitePolicy.Sanitize });
        int clipped = 0;
        for (int step = 1; step <= Steps; step++)
        {
            (double[] norms, bool finite) = NextStep(random, step);
            using GradientFixture gradients = Gradients(norms, finite);
            (double threshold, double[] factors) = plain(norms, finite);

            GradientStatistics statistics = clipper.Clip(gradients.Buffers, step);

            AssertClose(threshold, statistics.Threshold);
            AssertClose(factors.Min(), statistics.Coefficient);
            for (int i = 0; i < norms.Length; i++)
            {
                AssertClose(factors[i], clipper.Layers[i].Coefficient);
                AssertClose(norms[i] * factors[i], new PlainReference(gradients.Values(i)).Norm);
            }

            clipped += statistics.Clipped ? 1 : 0;
        }

        Assert.InRange(clipped, 5, Steps);
        Assert.Equal(clipped, clipper.ClippedSteps);
    }

    /// <summary>Clips a step of two layers, of which the first has the same gradient in every step.</summary>
    /// <returns>The second layer's factor.</returns>
    private static double CoefficientOfLayer(GradientClipper clipper, int step, double[] values)
    {
        using GradientFixture gradients = new GradientFixture().Add("a", [0.5], GradientType.Float64).Add("b", values, GradientType.Float64);
        GradientStatistics statistics = clipper.Clip(gradients.Buffers, step);
        Assert.True(double.IsFinite(statistics.Norm) && double.IsFinite(statistics.StabilityScore));
        return clipper.Layers[1].Coefficient;
    }

    private static (double[] Norms, bool Finite) NextStep(Random random, int step)
    {
        // A falling level, noise by layer, a spike in every fiftieth step on average, and a few non-finite steps, early ones included.
        double level = 3.0 / (1.0 + (0.01 * step));
        double spike = random.Next(50) == 0 ? 20.0 : 1.0;
        double[] norms = [.. Enumerable.Range(0, 3).Select(_ => level * spike * (0.5 + random.NextDouble()))];
        return (norms, random.Next(40) != 0 && step != 2);
    }

    private static GradientFixture Gradients(double[] norms, bool finite)
    {
        var gradients = new GradientFixture();
        for (int i = 0; i < norms.Length; i++)
        {
            // Two elements with a norm of exactly what is asked for, and one that is bad on a non-finite step.
            double bad = finite ? 0.0 : i == 1 ? double.NaN : double.PositiveInfinity;
            gradients.Add($"layer{i}", [0.6 * norms[i], -0.8 * norms[i], bad], GradientType.Float64);
        }

        return gradients;
    }

    private static double Total(double[] norms) => Math.Sqrt(norms.Sum(n => n * n));

    private static double[] Same(double[] norms, double factor) => [.. norms.Select(_ => factor)];

    private static void AssertClose(double expected, double actual, double tolerance = 1e-9)
    {
        if (!expected.Equals(actual))
        {
            Assert.InRange(Math.Abs(expected - actual) / Math.Abs(expected), 0.0, tolerance);
        }
    }
}
