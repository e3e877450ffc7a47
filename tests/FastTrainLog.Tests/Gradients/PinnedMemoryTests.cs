using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using FastTrainLog.Gradients;
using Xunit;

namespace FastTrainLog.Tests.Gradients;

/// <summary>Arrays, memories, spans and tensors, which the clipper pins in its call wherever they have been moved to.</summary>
public sealed class PinnedMemoryTests
{
    [Fact]
    public void Arrays_spans_and_memories_are_clipped_by_name()
    {
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.L2Norm(1.0) });
        float[] array = [3f, 4f];
        double[] doubles = [0.0, 3.0, 4.0, 0.0];
        Half[] halves = [(Half)3.0, (Half)4.0];
        Span<float> onStack = stackalloc float[] { 3f, 4f };

        Assert.Equal(5.0, clipper.Clip("array", array, 1).Norm);
        Assert.Equal(5.0, clipper.Clip("memory", doubles.AsMemory(1, 2), 2).Norm);
        Assert.Equal(5.0, clipper.Clip("span", halves.AsSpan(), 3).Norm);
        Assert.Equal(5.0, clipper.Clip("stack", onStack, 4, inverseScale: 1.0).Norm);

        Assert.Equal([0.6f, 0.8f], array);
        Assert.Equal([0.0, 0.6, 0.8, 0.0], doubles.Select(value => Math.Round(value, 12)));
        Assert.Equal([(Half)0.6, (Half)0.8], halves);
        Assert.Equal([0.6f, 0.8f], onStack.ToArray());
        Assert.Equal("stack", clipper.Layers[0].Name);
    }

    [Fact]
    public void Arrays_that_the_garbage_collector_moves_between_steps_are_clipped_where_they_are()
    {
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.L2Norm(1.0) });
        (float[] first, double[] second) = Scattered();
        GradientBuffer[] list = [GradientBuffer.Of("first", first), GradientBuffer.Of("second", second.AsMemory(1))];
        bool moved = false;
        for (int step = 1; step <= 20; step++)
        {
            nint before = Address(first);
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            moved |= Address(first) != before;
            (first[0], first[1], second[1]) = (2f, 3f, 6.0);

            GradientStatistics statistics = clipper.Clip(list, step);

            Assert.Equal((7.0, true), (statistics.Norm, statistics.Clipped));
            Assert.Equal(6.0 / 7.0, second[1], 1e-12);
            Assert.Equal(3f / 7f, first[1], 1e-6f);
            (first, second) = step % 4 == 0 ? Scattered() : (first, second);
            list = step % 4 == 0 ? [GradientBuffer.Of("first", first), GradientBuffer.Of("second", second.AsMemory(1))] : list;
        }

        Assert.True(moved, "no collection has moved the array, so the test has shown nothing");
    }

    [Fact]
    public void A_tensor_is_pinned_by_its_own_method_and_given_back()
    {
        Tensor<float> tensor = Tensor.Create([3f, 4f, 0f, 0f], [2, 2]);
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.L2Norm(1.0) });

        GradientStatistics statistics = clipper.Clip([GradientBuffer.Of<float>("weight", tensor.GetPinnedHandle, tensor.FlattenedLength)], 1);

        Assert.Equal((5.0, 4L, 2L), (statistics.Norm, statistics.ElementCount, statistics.ZeroCount));
        Assert.Equal(0.8f, tensor[0, 1], 1e-6f);
    }

    [Fact]
    public void A_memory_of_a_manager_is_pinned_and_given_back_also_after_an_exception()
    {
        var manager = new CountingManager([0f, 3f, 4f]);
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.L2Norm(1.0), NonFinite = NonFinitePolicy.Throw });
        GradientBuffer buffer = GradientBuffer.Of("w", manager.Memory[1..]);

        clipper.Clip([buffer], 1);
        Assert.Equal((0, 1), (manager.Pinned, manager.Pins));
        Assert.Equal([0f, 0.6f, 0.8f], manager.Values);

        manager.Values[2] = float.NaN;
        Assert.Throws<NonFiniteGradientException>(() => clipper.Clip([buffer], 2));
        Assert.Throws<ArgumentException>(() => clipper.Clip([buffer, new GradientBuffer("bad", 0, 3)], 3));
        Assert.Equal((0, 3), (manager.Pinned, manager.Pins));
    }

    [Fact]
    public void Two_names_of_one_array_count_once_and_overlapping_memories_are_refused()
    {
        float[] tied = [3f, 4f];
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.L2Norm(1.0) });

        Assert.Equal(5.0, clipper.Clip([GradientBuffer.Of("a", tied), GradientBuffer.Of("b", tied.AsMemory())], 1).Norm);
        Assert.Equal([0.6f, 0.8f], tied);
        Assert.Contains(
            "share a part",
            Assert.Throws<ArgumentException>(() => clipper.Clip([GradientBuffer.Of("a", tied), GradientBuffer.Of("b", tied.AsMemory(1))], 2)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void An_array_that_is_claimed_to_be_pinned_and_is_not_is_told_with_what_to_do()
    {
        string young = Assert.Throws<ArgumentException>(() => GradientBuffer.FromPinnedArray("w", new float[8])).Message;
        Assert.Contains("'w' does not lie on the pinned object heap", young, StringComparison.Ordinal);
        Assert.Contains("GradientBuffer.Of", young, StringComparison.Ordinal);
        Assert.Equal(0, GradientBuffer.FromPinnedArray("none", Array.Empty<float>()).Count);
    }

    [Fact]
    public void An_old_array_that_is_claimed_to_be_pinned_is_told_as_soon_as_it_has_moved()
    {
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.L2Norm(1.0) });
        int refused = 0;
        for (int attempt = 0; attempt < 20 && refused == 0; attempt++)
        {
            (float[] array, _) = Scattered();
            GC.Collect();
            GC.Collect();
            GradientBuffer claimed = GradientBuffer.FromPinnedArray("w", array);
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            (array[0], array[1]) = (3f, 4f);
            try
            {
                clipper.Clip([claimed], attempt);
                Assert.Equal([0.6f, 0.8f], array[..2]);
            }
            catch (ArgumentException moved)
            {
                Assert.Contains("was declared pinned and has been moved", moved.Message, StringComparison.Ordinal);
                Assert.Equal([3f, 4f], array[..2]);
                refused++;
            }
        }

        Assert.True(refused > 0, "no collection has moved the array, so the test has shown nothing");
    }

    [Fact]
    public void A_list_of_arrays_is_clipped_without_an_allocation()
    {
        float[] array = [3f, 4f];
        GradientBuffer[] list = [GradientBuffer.Of("a", array), GradientBuffer.Of("b", new double[] { 1.0 })];
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.L2Norm(1.0) });
        clipper.Clip(list, 1);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int step = 2; step < 100; step++)
        {
            clipper.Clip(list, step);
            clipper.Measure(list, step);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Wrong_descriptions_are_refused_by_name()
    {
        using var clipper = new GradientClipper();
        GradientBuffer buffer = GradientBuffer.Of("w", new float[4]);

        Assert.Contains("'w' has the count 5 and its memory 4", Assert.Throws<ArgumentException>(() => clipper.Clip([buffer with { Count = 5 }], 1)).Message, StringComparison.Ordinal);
        Assert.Contains("'i' has elements of type System.Int32", Assert.Throws<NotSupportedException>(() => GradientBuffer.Of("i", new int[1])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => clipper.Clip("w", (float[])null!, 1));
        Assert.Throws<ArgumentNullException>(() => clipper.Clip(null!, new float[1], 1));
        Assert.Equal(2L, clipper.Clip([buffer with { Count = 2 }], 2).ElementCount);
    }

    // Holes before them, so that a compaction moves them.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (float[] First, double[] Second) Scattered()
    {
        var holes = new List<byte[]>();
        for (int i = 0; i < 2000; i++)
        {
            holes.Add(new byte[500]);
        }

        GC.KeepAlive(holes);
        return (new float[3], new double[2]);
    }

    private static unsafe nint Address(float[] array) => (nint)Unsafe.AsPointer(ref array[0]);

    private sealed class CountingManager(float[] values) : MemoryManager<float>
    {
        public float[] Values { get; } = values;

        public int Pins { get; private set; }

        public int Pinned { get; private set; }

        public override Span<float> GetSpan() => Values;

        public override unsafe MemoryHandle Pin(int elementIndex = 0)
        {
            Pins++;
            Pinned++;
            var handle = System.Runtime.InteropServices.GCHandle.Alloc(Values, System.Runtime.InteropServices.GCHandleType.Pinned);
            return new MemoryHandle((float*)handle.AddrOfPinnedObject() + elementIndex, handle, this);
        }

        public override void Unpin() => Pinned--;

        protected override void Dispose(bool disposing)
        {
        }
    }
}
