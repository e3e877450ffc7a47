using System.Runtime.InteropServices;
using FastTrainLog.Gradients;
using Xunit;

namespace FastTrainLog.Tests.Gradients;

/// <summary>One piece of memory under several names, as tied weights have it.</summary>
public sealed class SharedMemoryTests
{
    [Theory]
    [InlineData(1.0, 1.0, 0.6, 0.8)]
    [InlineData(0.5, double.PositiveInfinity, 1.5, 2.0)]
    [InlineData(0.5, 1.0, 0.6, 0.8)]
    public void A_piece_of_memory_counts_once_however_often_it_is_listed(double inverseScale, double maximum, double first, double second)
    {
        foreach (GradientType type in Enum.GetValues<GradientType>())
        {
            using GradientFixture gradients = new GradientFixture().Add("a", [3.0, 4.0], type).Add("b", [0.0], type);
            GradientBuffer tied = gradients.Buffers[0];
            using var clipper = new GradientClipper(new() { Limit = double.IsFinite(maximum) ? GradientLimit.L2Norm(maximum) : GradientLimit.None, HistogramEvery = 1 });

            GradientStatistics statistics = clipper.Clip([tied, gradients.Buffers[1], tied with { Name = "tied" }, tied], 1, inverseScale);

            Assert.Equal((5.0 * inverseScale, 4, 3L, 1L), (statistics.Norm, statistics.LayerCount, statistics.ElementCount, statistics.ZeroCount));
            Assert.Equal(first, gradients.Get(0, 0), 1e-2);
            Assert.Equal(second, gradients.Get(0, 1), 1e-2);
            Assert.Equal([2L, 1, 0, 0], clipper.Layers.ToArray().Select(layer => layer.ElementCount));
            Assert.Equal(["a", "b", "tied", "a"], clipper.Layers.ToArray().Select(layer => layer.Name));
            Assert.Equal([2L, 0, 0, 0], Enumerable.Range(0, 4).Select(layer => Sum(clipper.HistogramOf(layer))));
        }
    }

    [Theory]
    [InlineData(0, 1, 2, 3, 4, 5)]
    [InlineData(5, 4, 3, 2, 1, 0)]
    [InlineData(2, 0, 2, 5, 1, 1)]
    public void A_piece_of_memory_counts_once_whichever_way_it_is_listed(params int[] order)
    {
        float[] weights = [3.0f, 4.0f];
        var handle = GCHandle.Alloc(weights, GCHandleType.Pinned);
        try
        {
            GradientBuffer[] ways =
            [
                GradientBuffer.Of("array", weights), GradientBuffer.Of("memory", weights.AsMemory()), new("pointer", handle.AddrOfPinnedObject(), 2),
                GradientBuffer.Of("slice", weights.AsMemory(0, 2)), GradientBuffer.Of("nothing", Memory<float>.Empty), GradientBuffer.Of("none of it", weights.AsMemory(1, 0)),
            ];
            using var clipper = new GradientClipper(new() { Limit = GradientLimit.L2Norm(1.0) });

            GradientStatistics statistics = clipper.Clip([.. order.Select(way => ways[way])], 1);

            Assert.Equal((5.0, 2L, 6), (statistics.Norm, statistics.ElementCount, statistics.LayerCount));
            Assert.Equal(0.6f, weights[0], 1e-6f);
            Assert.Equal(0.8f, weights[1], 1e-6f);
            Assert.Throws<ArgumentException>(() => clipper.Clip([ways[order[0] > 3 ? 0 : order[0]], GradientBuffer.Of("half", weights.AsMemory(1, 1))], 2));
        }
        finally
        {
            handle.Free();
        }
    }

    [Fact]
    public void A_non_finite_element_counts_once_and_under_its_first_name()
    {
        using GradientFixture gradients = new GradientFixture().Add("a", [1.0]).Add("b", [double.NaN, 1.0]);
        using var clipper = new GradientClipper();

        GradientStatistics statistics = clipper.Clip([gradients.Buffers[0], gradients.Buffers[1], gradients.Buffers[1] with { Name = "c" }], 1);

        Assert.Equal((1L, "b", 2L), (statistics.NaNCount, statistics.FirstNonFinite, statistics.FirstNonFiniteElementCount));
    }

    [Fact]
    public void AdaGC_remembers_a_piece_once()
    {
        using GradientFixture gradients = new GradientFixture().Add("a", [1.0]);
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.AdaGC(relative: 1.0, absolute: 10.0, warmupSteps: 1) });
        GradientBuffer[] list = [gradients.Buffers[0], gradients.Buffers[0] with { Name = "tied" }];
        clipper.Clip(list, 1);
        gradients.Set(0, 0, 4.0);

        clipper.Clip(list, 2);

        Assert.Equal(1.0, gradients.Get(0, 0));
    }

    [Fact]
    public void Large_lists_with_ties_in_any_order_give_the_norm_of_the_pieces()
    {
        var random = new Random(5);
        using var gradients = new GradientFixture();
        double squares = 0.0;
        for (int i = 0; i < 200; i++)
        {
            double[] values = [.. Enumerable.Range(0, i % 5).Select(_ => random.NextDouble())];
            squares += values.Sum(value => (double)(float)value * (float)value);
            gradients.Add($"layer{i}", values);
        }

        GradientBuffer[] pieces = gradients.Buffers.ToArray();
        using var clipper = new GradientClipper();
        for (int round = 0; round < 20; round++)
        {
            GradientBuffer[] list = [.. pieces, .. random.GetItems(pieces, 100)];
            random.Shuffle(list);
            GradientStatistics statistics = clipper.Clip(list, round);
            Assert.Equal(Math.Sqrt(squares), statistics.Norm, 1e-9);
            Assert.Equal(pieces.Sum(piece => piece.Count), statistics.ElementCount);
        }
    }

    [Fact]
    public void Weights_that_are_tied_and_untied_between_steps_are_followed()
    {
        using GradientFixture gradients = new GradientFixture().Add("a", [3.0]).Add("b", [4.0]);
        GradientBuffer[] apart = gradients.Buffers.ToArray();
        GradientBuffer[] tied = [apart[0], apart[1] with { Pointer = apart[0].Pointer }];
        using var clipper = new GradientClipper();

        double[] norms = [.. new[] { apart, tied, apart, tied, tied }.Select((list, step) => clipper.Clip(list, step).Norm)];

        Assert.Equal([5.0, 3.0, 5.0, 3.0, 3.0], norms);
    }

    public static TheoryData<int, long, GradientType, string> Overlaps => new()
    {
        { 4, 8, GradientType.Float32, "begins within" },
        { 0, 7, GradientType.Float32, "is shorter" },
        { 0, 9, GradientType.Float32, "is longer" },
        { -4, 2, GradientType.Float32, "ends within" },
        { -4, 10, GradientType.Float32, "encloses" },
        { 31, 1, GradientType.Float32, "shares its last byte" },
        { 0, 4, GradientType.Float64, "has the same bytes as another type" },
        { 0, 16, GradientType.Float16, "has the same bytes as another type" },
    };

    [Theory]
    [MemberData(nameof(Overlaps))]
    public void Buffers_that_overlap_in_part_are_refused_with_both_names_and_their_bytes(int offset, long count, GradientType type, string what)
    {
        using GradientFixture gradients = new GradientFixture().Add("before", [1.0]).Add("embed", [1, 2, 3, 4, 5, 6, 7, 8]);
        GradientBuffer embed = gradients.Buffers[1];
        var other = new GradientBuffer("head", embed.Pointer + offset, count, type);
        using var clipper = new GradientClipper();
        double norm = clipper.Clip(gradients.Buffers, 1).Norm;
        byte[] bytes = gradients.Bytes(1);

        string message = Assert.Throws<ArgumentException>(() => clipper.Clip([gradients.Buffers[0], embed, other], 2, 0.5)).Message;

        Assert.True(
            message.Contains($"'embed' (8 of Float32, bytes 0x{embed.Pointer:x} to 0x{embed.Pointer + 31:x})", StringComparison.Ordinal)
            && message.Contains($"'head' ({count} of {type}, bytes 0x{other.Pointer:x}", StringComparison.Ordinal),
            $"{what}: {message}");
        Assert.Equal(bytes, gradients.Bytes(1));

        // A list refused leaves the clipper as it was, also where the next one is as the one before.
        Assert.Equal(norm, clipper.Clip(gradients.Buffers, 3).Norm);
    }

    [Fact]
    public void Neighbours_and_empty_buffers_within_another_are_no_overlap()
    {
        using GradientFixture gradients = new GradientFixture().Add("a", [1.0, 2.0, 3.0, 4.0]);
        GradientBuffer whole = gradients.Buffers[0];
        using var clipper = new GradientClipper();

        GradientStatistics statistics = clipper.Clip(
            [whole with { Pointer = whole.Pointer + 8, Count = 2 }, whole with { Count = 2 }, whole with { Pointer = whole.Pointer + 4, Count = 0 }], 1);

        Assert.Equal((Math.Sqrt(30.0), 4L), (statistics.Norm, statistics.ElementCount));
    }

    [Fact]
    public void Measuring_counts_a_piece_once_too()
    {
        using GradientFixture gradients = new GradientFixture().Add("a", [3.0, 4.0]);
        using var clipper = new GradientClipper();

        Assert.Equal(5.0, clipper.Measure([gradients.Buffers[0], gradients.Buffers[0]], 1).Norm);
    }

    [Fact]
    public void A_list_that_does_not_fit_into_memory_is_refused_by_name()
    {
        using var clipper = new GradientClipper();

        Assert.Contains("'a' with", Assert.Throws<ArgumentException>(() => clipper.Clip([new GradientBuffer("a", 64, long.MaxValue)], 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Neither_a_known_list_nor_other_addresses_allocate()
    {
        using GradientFixture gradients = new GradientFixture().Add("a", [3.0]).Add("b", [4.0]).Add("c", [5.0]).Add("d", [6.0]);
        GradientBuffer[] forth = [.. gradients.Buffers[..2], gradients.Buffers[0] with { Name = "tied" }];
        GradientBuffer[] back = [forth[0] with { Pointer = gradients.Buffers[3].Pointer }, forth[1] with { Pointer = gradients.Buffers[2].Pointer }, forth[2] with { Pointer = gradients.Buffers[3].Pointer }];
        using var clipper = new GradientClipper();
        clipper.Clip(forth, 1);
        clipper.Clip(back, 2);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int step = 3; step < 100; step++)
        {
            clipper.Clip(step % 3 == 0 ? back : forth, step);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static long Sum(ReadOnlySpan<long> counts)
    {
        long sum = 0;
        foreach (long count in counts)
        {
            sum += count;
        }

        return sum;
    }
}
