using FastTrainLog.Gradients;
using FastTrainLog.Kernels.Tests.StandIn;
using Xunit;

namespace FastTrainLog.Kernels.Tests;

/// <summary>A clipper's state goes from a run to the next, and between host and device.</summary>
[Collection(StandInCollection.Name)]
public sealed class SavedStateTests
{
    private const int Before = 40;
    private const int After = 40;

    [Theory]
    [InlineData(KernelDriver.Pocl, "AutoClip")]
    [InlineData(KernelDriver.Pocl, "AutoClip, full")]
    [InlineData(KernelDriver.Pocl, "ZClip")]
    [InlineData(KernelDriver.Pocl, "AdaGC")]
    [InlineData(KernelDriver.StandIn, "AutoClip")]
    [InlineData(KernelDriver.StandIn, "AutoClip, full")]
    [InlineData(KernelDriver.StandIn, "ZClip")]
    [InlineData(KernelDriver.StandIn, "AdaGC")]
    [InlineData(KernelDriver.StandIn, "L2Norm")]
    public void A_resumed_clipper_goes_on_as_the_first_would_have_wherever_it_was_saved(KernelDriver driver, string limit)
    {
        var options = new GradientClipperOptions { Limit = LimitOf(limit) };
        using var whole = new BothSides(driver, options);
        using var first = new BothSides(driver, options);
        for (int step = 1; step <= Before; step++)
        {
            whole.Clip(step, Layers(step));
            first.Clip(step, Layers(step));
        }

        foreach (string state in new[] { first.OnHost.SaveState(), first.OnDevice.SaveState() })
        {
            using var second = new BothSides(driver, options, state);
            using var reference = new BothSides(driver, options, whole.OnHost.SaveState());
            Assert.Equal((Before, whole.OnHost.ClippedSteps, 2), (second.OnDevice.Steps, second.OnDevice.ClippedSteps, second.OnDevice.NonFiniteSteps));
            for (int step = Before + 1; step <= Before + After; step++)
            {
                GradientStatistics expected = reference.Clip(step, Layers(step)).Statistics;
                GradientStatistics actual = second.Clip(step, Layers(step)).Statistics;
                Assert.Equal(expected.Threshold, actual.Threshold, Math.Abs(expected.Threshold) * 1e-9);
                Assert.Equal(expected.Coefficient, actual.Coefficient, 1e-9);
            }
        }

        // The run that was never interrupted is what both must equal.
        using var resumed = new BothSides(driver, options, first.OnDevice.SaveState());
        for (int step = Before + 1; step <= Before + After; step++)
        {
            GradientStatistics expected = whole.Clip(step, Layers(step)).Statistics;
            GradientStatistics actual = resumed.Clip(step, Layers(step)).Statistics;
            Assert.Equal(expected.Coefficient, actual.Coefficient, 1e-9);
            Assert.Equal(expected.StabilityScore, actual.StabilityScore, 1e-9);
            Assert.Equal(expected.ClippingRatio, actual.ClippingRatio, 1e-9);
        }
    }

    [Fact]
    public void A_device_that_has_failed_says_that_the_state_is_gone_with_it()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(3);
        using var clipper = new GradientClipper(new GradientClipperOptions { Limit = GradientLimit.ZClip() }, ordinal => standIn.Open(GradientLimit.ZClip()));
        clipper.Clip(gradients.List, 1);
        standIn.Fail("cuCtxPushCurrent_v2", 709);
        Assert.Contains("709", Assert.Throws<NotSupportedException>(clipper.SaveState).Message, StringComparison.Ordinal);
    }

    private static GradientLimit LimitOf(string name) => name switch
    {
        "AutoClip" => GradientLimit.AutoClip(50.0, 64),
        "AutoClip, full" => GradientLimit.AutoClip(30.0, 16),
        "ZClip" => GradientLimit.ZClip(smoothing: 0.9, warmupSteps: 10),
        "AdaGC" => GradientLimit.AdaGC(absolute: 5.0, smoothing: 0.9, warmupSteps: 10),
        _ => GradientLimit.L2Norm(2.0),
    };

    private static (string Name, GradientType Type, double[] Values)[] Layers(int step)
    {
        var random = new Random(step);
        double size = step % 7 == 0 ? 20.0 : 1.0;
        double bad = step is 5 or 23 or 61 ? double.NaN : 0.5;
        return
        [
            ("fc1", GradientType.Float64, [size * random.NextDouble(), -random.NextDouble()]),
            ("fc2", GradientType.Float64, [random.NextDouble(), bad, size]),
            ("rare", GradientType.Float64, [step % 3 == 0 ? 1.0 + random.NextDouble() : 0.0]),
        ];
    }
}
