using FastTrainLog.Gradients;
using Xunit;

namespace FastTrainLog.Tests.Gradients;

public sealed class GradientClipperTests
{
    private static readonly double[] Ramp = [3.0, -4.0, 0.0, 12.0];

    [Fact]
    public void Norm_counts_and_maximum_are_those_of_all_buffers_together()
    {
        using GradientFixture gradients = new GradientFixture()
            .Add("a", Ramp).Add("b", [double.NaN, 84.0, double.NegativeInfinity]).Add("c", []);
        using var clipper = new GradientClipper(new() { NonFinite = NonFinitePolicy.Report });

        GradientStatistics statistics = clipper.Clip(gradients.Buffers, step: 7);

        Assert.Equal(7, statistics.Step);
        Assert.Equal(3, statistics.LayerCount);
        Assert.Equal(7, statistics.ElementCount);
        Assert.Equal(85.0, statistics.Norm, 12);
        Assert.Equal(84.0, statistics.AbsoluteMaximum);
        Assert.Equal((1, 1, 1), (statistics.NaNCount, statistics.InfinityCount, statistics.ZeroCount));
        Assert.Equal((1, "b"), (statistics.FirstNonFiniteIndex, statistics.FirstNonFinite));
        Assert.Equal(2.0 / 7.0, statistics.NonFiniteShare);
        Assert.Equal([13.0, 84.0, 0.0], clipper.Layers.ToArray().Select(l => l.Norm));
        Assert.Equal(["a", "b", "c"], clipper.Layers.ToArray().Select(l => l.Name));
    }

    [Theory]
    [InlineData(1.0, 1.7e308)]
    [InlineData(2.0, 1.7e308)]
    [InlineData(1e100, 1e300)]
    public void Norm_that_no_double_can_hold_is_the_largest_double_and_the_gradients_are_scaled_not_lost(double inverseScale, double magnitude)
    {
        using GradientFixture gradients = new GradientFixture().Add("a", [magnitude, magnitude], GradientType.Float64);
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.L2Norm(1.0) });

        GradientStatistics measured = clipper.Measure(gradients.Buffers, 1, inverseScale);
        GradientStatistics statistics = clipper.Clip(gradients.Buffers, 1, inverseScale);

        double largest = inverseScale == 1.0 ? magnitude : double.MaxValue;
        Assert.Equal((double.MaxValue, largest), (measured.Norm, measured.AbsoluteMaximum));
        Assert.Equal((double.MaxValue, largest), (statistics.Norm, statistics.AbsoluteMaximum));
        Assert.Equal((double.MaxValue, largest), (clipper.Layers[0].Norm, clipper.Layers[0].AbsoluteMaximum));
        Assert.True(statistics.Clipped);
        Assert.True(statistics.Coefficient > 0.0);
        double expected = magnitude / double.MaxValue * inverseScale;
        Assert.InRange(gradients.Get(0, 0), expected * (1.0 - 1e-9), expected * (1.0 + 1e-9));
    }

    [Fact]
    public void Maximum_that_its_scale_takes_beyond_a_double_is_the_largest_double_and_the_gradients_are_scaled_not_lost()
    {
        using GradientFixture gradients = new GradientFixture().Add("a", [1.7e308, 1.0], GradientType.Float64);
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.InfinityNorm(1.0) });

        GradientStatistics statistics = clipper.Clip(gradients.Buffers, 1, inverseScale: 2.0);

        Assert.Equal(double.MaxValue, statistics.AbsoluteMaximum);
        Assert.InRange(gradients.Get(0, 0), 1.0, 2.0);
    }

    [Fact]
    public void Gradients_within_the_limit_are_not_written()
    {
        using GradientFixture gradients = new GradientFixture().Add("a", Ramp);
        byte[] before = gradients.Bytes(0);
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.L2Norm(13.0) });

        GradientStatistics statistics = clipper.Clip(gradients.Buffers, 1);

        Assert.Equal(1.0, statistics.Coefficient);
        Assert.False(statistics.Clipped);
        Assert.Equal(before, gradients.Bytes(0));
    }

    [Fact]
    public void Gradients_above_the_limit_are_scaled_to_it()
    {
        using GradientFixture gradients = new GradientFixture().Add("a", Ramp).Add("b", [84.0]);
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.L2Norm(8.5) });

        GradientStatistics statistics = clipper.Clip(gradients.Buffers, 1);

        Assert.True(statistics.Clipped);
        Assert.Equal(0.1, statistics.Coefficient, 12);
        Assert.Equal("gradient_clipping", statistics.RecoveryAction);
        Assert.Equal(8.4, gradients.Get(1, 0), 5);
        Assert.Equal(8.5, new PlainReference(gradients.Values(0), gradients.Values(1)).Norm, 5);
        gradients.AssertGuardsIntact();
    }

    [Theory]
    [InlineData(1e20)]
    [InlineData(3e38)]
    [InlineData(1e-30)]
    [InlineData(1e-45)]
    public void Float32_gradients_whose_squares_leave_the_range_of_float32_keep_their_norm(double magnitude)
    {
        double[] values = Enumerable.Repeat(magnitude, 10_000).ToArray();
        using GradientFixture gradients = new GradientFixture().Add("a", values);
        using var clipper = new GradientClipper();

        GradientStatistics statistics = clipper.Clip(gradients.Buffers, 1);

        double expected = new PlainReference(gradients.Values(0)).Norm;
        Assert.InRange(Math.Abs(statistics.Norm - expected) / expected, 0.0, 1e-12);
        Assert.False(statistics.FoundInf);
    }

    [Theory]
    [InlineData(1e200)]
    [InlineData(1e300)]
    [InlineData(1e-200)]
    [InlineData(5e-324)]
    public void Float64_gradients_whose_squares_leave_the_range_of_a_double_keep_their_norm(double magnitude)
    {
        double[] values = Enumerable.Repeat(magnitude, 10_000).ToArray();
        using GradientFixture gradients = new GradientFixture().Add("a", values, GradientType.Float64).Add("b", [1e-3 * magnitude], GradientType.Float64);
        using var clipper = new GradientClipper();

        GradientStatistics statistics = clipper.Clip(gradients.Buffers, 1);

        double expected = new PlainReference(gradients.Values(0), gradients.Values(1)).Norm;
        Assert.InRange(Math.Abs(statistics.Norm - expected) / expected, 0.0, 1e-12);
    }

    [Fact]
    public void One_finite_1e20_is_clipped_and_does_not_zero_the_other_gradients()
    {
        using GradientFixture gradients = new GradientFixture().Add("a", [1e20, 1e19, 5e18]);
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.L2Norm(1.0) });

        clipper.Clip(gradients.Buffers, 1);

        Assert.Equal(1.0, new PlainReference(gradients.Values(0)).Norm, 6);
        Assert.Equal(0.1, gradients.Get(0, 1) / gradients.Get(0, 0), 6);
    }

    [Fact]
    public void Skip_sets_every_gradient_to_zero_and_names_the_layer()
    {
        using GradientFixture gradients = new GradientFixture().Add("a", Ramp).Add("b", [double.NaN, 1.0]);
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.L2Norm(1.0) });

        GradientStatistics statistics = clipper.Clip(gradients.Buffers, 1);

        Assert.Equal(GradientAction.Skipped, statistics.Action);
        Assert.Equal("gradient_zeroing", statistics.RecoveryAction);
        Assert.Equal("b", statistics.FirstNonFinite);
        Assert.True(statistics.FoundInf);
        Assert.Equal(0.0, statistics.Coefficient);
        Assert.All(gradients.Values(0), v => Assert.Equal(0.0, v));
        Assert.All(gradients.Values(1), v => Assert.Equal(0.0, v));
        gradients.AssertGuardsIntact();
    }

    [Fact]
    public void Sanitize_zeroes_the_bad_elements_and_clips_by_the_norm_of_the_others()
    {
        using GradientFixture gradients = new GradientFixture().Add("a", [double.NaN, 3.0, double.PositiveInfinity]).Add("b", [4.0]);
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.L2Norm(0.5), NonFinite = NonFinitePolicy.Sanitize });

        GradientStatistics statistics = clipper.Clip(gradients.Buffers, 1);

        Assert.Equal(GradientAction.Sanitized | GradientAction.Clipped, statistics.Action);
        Assert.Equal(5.0, statistics.Norm);
        Assert.Equal([0.0, 0.3f, 0.0], gradients.Values(0));
        Assert.Equal([0.4f], gradients.Values(1));
    }

    [Fact]
    public void Report_leaves_every_byte_of_a_non_finite_step()
    {
        using GradientFixture gradients = new GradientFixture().Add("a", Ramp).Add("b", [double.PositiveInfinity, 1.0]);
        byte[] before = gradients.Bytes(0);
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.L2Norm(0.5), NonFinite = NonFinitePolicy.Report });

        GradientStatistics statistics = clipper.Clip(gradients.Buffers, 1, inverseScale: 0.5);

        Assert.Equal(GradientAction.Reported, statistics.Action);
        Assert.Equal(1.0, statistics.Coefficient);
        Assert.Equal(before, gradients.Bytes(0));
        Assert.Equal([double.PositiveInfinity, 1.0], gradients.Values(1));
    }

    [Fact]
    public void Throw_names_step_layer_and_counts_and_leaves_the_gradients()
    {
        using GradientFixture gradients = new GradientFixture().Add("fc1.weight", [1.0, double.NaN]);
        using var clipper = new GradientClipper(new() { NonFinite = NonFinitePolicy.Throw });
        byte[] before = gradients.Bytes(0);

        NonFiniteGradientException thrown = Assert.Throws<NonFiniteGradientException>(() => clipper.Clip(gradients.Buffers, 41));

        Assert.Contains("step 41", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("'fc1.weight'", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(1, thrown.Statistics.NaNCount);
        Assert.Equal(1, clipper.NonFiniteSteps);
        Assert.Equal(before, gradients.Bytes(0));
    }

    [Fact]
    public void Loss_scale_is_divided_out_of_gradients_and_statistics()
    {
        using GradientFixture gradients = new GradientFixture().Add("a", [3.0 * 1024, 4.0 * 1024]);
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.L2Norm(10.0) });

        GradientStatistics statistics = clipper.Clip(gradients.Buffers, 1, inverseScale: 1.0 / 1024);

        Assert.Equal(5.0, statistics.Norm);
        Assert.Equal(4.0, statistics.AbsoluteMaximum);
        Assert.False(statistics.Clipped);
        Assert.Equal([3.0, 4.0], gradients.Values(0));
    }

    [Fact]
    public void Measure_changes_neither_gradients_nor_counters()
    {
        using GradientFixture gradients = new GradientFixture().Add("a", [double.NaN, 100.0]);
        byte[] before = gradients.Bytes(0);
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.L2Norm(1.0) });

        GradientStatistics statistics = clipper.Measure(gradients.Buffers, 3);

        Assert.Equal(100.0, statistics.Norm);
        Assert.True(statistics.FoundInf);
        Assert.Equal((0, 0), (clipper.Steps, clipper.NonFiniteSteps));
        Assert.Equal(before, gradients.Bytes(0));
    }

    [Fact]
    public void Checkpoint_guard_knows_of_a_non_finite_step_since_the_mark_only()
    {
        using GradientFixture good = new GradientFixture().Add("a", Ramp);
        using GradientFixture bad = new GradientFixture().Add("a", [double.NaN, 0.0, 0.0, 0.0]);
        using var clipper = new GradientClipper();
        clipper.Clip(good.Buffers, 1);
        GradientMark atStart = clipper.Mark();
        Assert.False(clipper.NonFiniteSince(atStart));

        clipper.Clip(bad.Buffers, 2);
        GradientMark afterBad = clipper.Mark();
        clipper.Clip(good.Buffers, 3);

        Assert.True(clipper.NonFiniteSince(atStart));
        Assert.True(clipper.NonFiniteSince(default));
        Assert.False(clipper.NonFiniteSince(afterBad));
    }

    [Fact]
    public void Clipping_ratio_is_the_share_of_steps_in_which_the_limit_was_exceeded()
    {
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.L2Norm(1.0) });
        double ratio = 0.0;
        foreach (double value in new[] { 2.0, 0.5, 0.5, 3.0 })
        {
            using GradientFixture gradients = new GradientFixture().Add("a", [value]);
            ratio = clipper.Clip(gradients.Buffers, 1).ClippingRatio;
        }

        Assert.Equal(0.5, ratio);
        Assert.Equal((4, 2), (clipper.Steps, clipper.ClippedSteps));
    }

    [Fact]
    public void Pinned_arrays_are_clipped_in_place()
    {
        float[] weights = GC.AllocateArray<float>(3, pinned: true);
        double[] bias = GC.AllocateArray<double>(1, pinned: true);
        (weights[0], bias[0]) = (3f, 4.0);
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.L2Norm(2.5) });

        clipper.Clip([GradientBuffer.FromPinnedArray("w", weights), GradientBuffer.FromPinnedArray("b", bias)], 1);

        Assert.Equal((1.5f, 2.0), (weights[0], bias[0]));
    }
}
