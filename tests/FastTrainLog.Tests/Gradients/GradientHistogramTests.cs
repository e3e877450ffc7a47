using FastTrainLog.Gradients;
using Xunit;

namespace FastTrainLog.Tests.Gradients;

public sealed class GradientHistogramTests
{
    [Theory]
    [InlineData(GradientType.Float32)]
    [InlineData(GradientType.Float64)]
    [InlineData(GradientType.BFloat16)]
    public void Magnitudes_are_counted_by_power_of_two_before_clipping_and_without_the_loss_scale(GradientType type)
    {
        var random = new Random(51);
        double[] values =
        [
            0.0, -0.0, double.NaN, double.PositiveInfinity, 1.0, -1.0, 1.99, 2.0, 1e-30, 1e30,
            .. Enumerable.Range(0, 70_000).Select(_ => Math.ScaleB(random.NextDouble() - 0.5, random.Next(-60, 20))),
        ];
        using GradientFixture gradients = new GradientFixture().Add("a", [3.0], type).Add("b", values, type);
        using var clipper = new GradientClipper(
            new() { Limit = GradientLimit.L2Norm(0.1), NonFinite = NonFinitePolicy.Sanitize, HistogramEvery = 5, Threads = 3 });
        double[] scaled = [.. gradients.Values(1).Select(v => v * 0.25)];

        clipper.Clip(gradients.Buffers, 10, inverseScale: 0.25);

        var expected = new long[GradientHistogram.Bins];
        foreach (double value in scaled.Where(v => double.IsFinite(v) && v != 0.0))
        {
            int bin = GradientHistogram.Bins - 1;
            while (Math.Abs(value) < GradientHistogram.LowerBound(bin))
            {
                bin--;
            }

            expected[bin]++;
        }

        Assert.Equal(expected, clipper.HistogramOf(1).ToArray());
        Assert.Equal(1, clipper.HistogramOf(0).ToArray().Sum());
    }

    [Fact]
    public void Steps_that_the_period_does_not_divide_have_no_histogram()
    {
        using GradientFixture gradients = new GradientFixture().Add("a", [1.0]);
        using var clipper = new GradientClipper(new() { HistogramEvery = 3 });

        clipper.Clip(gradients.Buffers, 6);
        Assert.Equal(GradientHistogram.Bins, clipper.HistogramOf(0).Length);
        clipper.Clip(gradients.Buffers, 7);
        Assert.Equal(0, clipper.HistogramOf(0).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => clipper.HistogramOf(1));
    }

    [Fact]
    public void Bins_begin_at_zero_and_then_at_powers_of_two()
    {
        Assert.Equal(0.0, GradientHistogram.LowerBound(0));
        Assert.Equal(Math.Pow(2.0, -47), GradientHistogram.LowerBound(1));
        Assert.Equal(1.0, GradientHistogram.LowerBound(48));
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientHistogram.LowerBound(GradientHistogram.Bins));
    }
}
