using FastTrainLog.Gradients;
using Xunit;

namespace FastTrainLog.Tests.Gradients;

public sealed class GradientErrorTests
{
    public static TheoryData<GradientBuffer, string> BadBuffers => new()
    {
        { new GradientBuffer("conv1", 0, 12), "'conv1' has a null pointer and 12 elements" },
        { new GradientBuffer("conv2", 64, -1), "'conv2' has the count -1" },
        { new GradientBuffer("conv3", 64, 1, (GradientType)9), "'conv3' has the unknown element type 9" },
        { new GradientBuffer(null!, 64, 1), "Gradient 0 of the list has no name" },
    };

    [Theory]
    [MemberData(nameof(BadBuffers), DisableDiscoveryEnumeration = true)]
    public void A_bad_buffer_is_named_with_what_is_wrong(GradientBuffer buffer, string expected)
    {
        using var clipper = new GradientClipper();

        ArgumentException thrown = Assert.Throws<ArgumentException>(() => clipper.Clip([buffer], 1));

        Assert.Contains(expected, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pointer_that_turns_null_later_is_refused_and_the_clipper_goes_on()
    {
        using GradientFixture gradients = new GradientFixture().Add("a", [1.0, 2.0]);
        using var clipper = new GradientClipper();
        clipper.Clip(gradients.Buffers, 1);

        Assert.Throws<ArgumentException>(() => clipper.Clip([gradients.Buffers[0] with { Pointer = 0 }], 2));

        Assert.Equal(Math.Sqrt(5.0), clipper.Clip(gradients.Buffers, 3).Norm, 12);
    }

    [Fact]
    public void Empty_lists_and_empty_buffers_are_no_errors()
    {
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.L2Norm(1.0) });

        Assert.Equal(0.0, clipper.Clip([], 1).Norm);
        Assert.Equal(0.0, clipper.Clip([new GradientBuffer("none", 0, 0), new GradientBuffer("none", 0, 0)], 2).Norm);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(-1.0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void An_inverse_scale_that_is_not_positive_and_finite_is_refused(double inverseScale)
    {
        using var clipper = new GradientClipper();

        ArgumentOutOfRangeException thrown =
            Assert.Throws<ArgumentOutOfRangeException>(() => clipper.Clip([], 1, inverseScale));

        Assert.Contains("one over the loss scale", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(-1.0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_fixed_maximum_that_is_not_positive_and_finite_is_refused(double maximum)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientLimit.L2Norm(maximum));
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientLimit.InfinityNorm(maximum));
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientLimit.Value(maximum));
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientLimit.AdaGC(absolute: maximum));
    }

    [Fact]
    public void Parameters_of_adaptive_limits_out_of_range_are_refused_by_name()
    {
        Assert.Equal("percentile", Assert.Throws<ArgumentOutOfRangeException>(() => GradientLimit.AutoClip(101)).ParamName);
        Assert.Equal("history", Assert.Throws<ArgumentOutOfRangeException>(() => GradientLimit.AutoClip(history: 1)).ParamName);
        Assert.Equal("smoothing", Assert.Throws<ArgumentOutOfRangeException>(() => GradientLimit.ZClip(smoothing: 1.0)).ParamName);
        Assert.Equal("zThreshold", Assert.Throws<ArgumentOutOfRangeException>(() => GradientLimit.ZClip(0)).ParamName);
        Assert.Equal("warmupSteps", Assert.Throws<ArgumentOutOfRangeException>(() => GradientLimit.ZClip(warmupSteps: 1)).ParamName);
        Assert.Equal("relative", Assert.Throws<ArgumentOutOfRangeException>(() => GradientLimit.AdaGC(0.9)).ParamName);
    }

    [Fact]
    public void Settings_out_of_range_are_refused_by_name()
    {
        Assert.Equal("Threads", Assert.Throws<ArgumentOutOfRangeException>(() => new GradientClipper(new() { Threads = -1 })).ParamName);
        Assert.Equal("Limit", Assert.Throws<ArgumentNullException>(() => new GradientClipper(new() { Limit = null! })).ParamName);
        Assert.Equal(
            "NonFinite",
            Assert.Throws<ArgumentOutOfRangeException>(() => new GradientClipper(new() { NonFinite = (NonFinitePolicy)7 })).ParamName);
    }

    [Fact]
    public void A_disposed_clipper_refuses_to_work()
    {
        var clipper = new GradientClipper();
        clipper.Dispose();

        Assert.Throws<ObjectDisposedException>(() => clipper.Clip([], 1));
    }
}
