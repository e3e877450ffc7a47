using FastTrainLog.Gradients;
using FastTrainLog.Kernels.Tests.StandIn;
using Xunit;

namespace FastTrainLog.Kernels.Tests;

/// <summary>One piece of a device's memory under several names, as tied weights have it.</summary>
[Collection(StandInCollection.Name)]
public sealed class SharedMemoryTests
{
    [Theory]
    [InlineData(1.0, 1.0, 0.6f, 0.8f)]
    [InlineData(0.5, double.PositiveInfinity, 1.5f, 2f)]
    [InlineData(2.0, 1.0, 0.6f, 0.8f)]
    public void A_piece_of_memory_counts_once_however_often_it_is_listed(double inverseScale, double maximum, float first, float second)
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(2, 3);
        GradientLimit limit = double.IsFinite(maximum) ? GradientLimit.L2Norm(maximum) : GradientLimit.None;
        using var clipper = new GradientClipper(new GradientClipperOptions { Limit = limit }, _ => standIn.Open(limit));
        GradientBuffer[] list = [gradients.List[0], gradients.List[1], gradients.List[0] with { Name = "tied" }, gradients.List[0] with { Name = "again" }];
        for (int step = 1; step <= 3; step++)
        {
            new[] { 3f, 4f }.CopyTo(gradients.Span(0));
            gradients.Span(1).Clear();
            Assert.Equal((4, 5L), (clipper.Clip(list, step, inverseScale).LayerCount, clipper.Clip(list, step, 1.0).ElementCount));
        }

        new[] { 3f, 4f }.CopyTo(gradients.Span(0));
        clipper.Clip(list, 4, inverseScale);
        Assert.Equal([first, second], gradients.Span(0).ToArray());
        GradientStatistics last = default;
        while (clipper.TryRead(out GradientStatistics statistics))
        {
            last = statistics;
        }

        Assert.Equal((5.0 * inverseScale, 5L), (last.Norm, last.ElementCount));
        Assert.Equal([2L, 3, 0, 0], clipper.Layers.ToArray().Select(layer => layer.ElementCount));
        Assert.Equal(["layer0", "layer1", "tied", "again"], clipper.Layers.ToArray().Select(layer => layer.Name));
    }

    [Fact]
    public void Weights_that_are_tied_and_untied_between_steps_are_followed()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(2, 2);
        using var clipper = new GradientClipper(new GradientClipperOptions(), _ => standIn.Open());
        GradientBuffer[] apart = gradients.List;
        GradientBuffer[] tied = [apart[0], apart[1] with { Pointer = apart[0].Pointer }];
        GradientBuffer[][] steps = [apart, tied, apart, tied, tied];
        double[] norms = [2.0, Math.Sqrt(2.0), 2.0, Math.Sqrt(2.0), Math.Sqrt(2.0)];
        for (int step = 0; step < steps.Length; step++)
        {
            clipper.Clip(steps[step], step);
            Assert.True(clipper.TryRead(out GradientStatistics statistics));
            Assert.Equal(norms[step], statistics.Norm, 1e-12);
        }
    }

    [Fact]
    public void Buffers_that_overlap_in_part_are_refused_by_name_and_the_next_list_is_clipped()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(8);
        using var clipper = new GradientClipper(new GradientClipperOptions(), _ => standIn.Open());
        GradientBuffer whole = gradients.List[0];
        clipper.Clip([whole], 1);
        string message = Assert.Throws<ArgumentException>(() => clipper.Clip([whole, whole with { Name = "tail", Pointer = whole.Pointer + 16, Count = 4 }], 2)).Message;
        Assert.Contains("'layer0'", message, StringComparison.Ordinal);
        Assert.Contains("'tail'", message, StringComparison.Ordinal);
        clipper.Clip([whole], 3);
        Assert.True(clipper.TryRead(out _));
        Assert.True(clipper.TryRead(out GradientStatistics statistics));
        Assert.Equal((3L, 8L), (statistics.Step, statistics.ElementCount));
    }
}
