using FastTrainLog.Gradients;
using Xunit;

namespace FastTrainLog.Tests.Gradients.Torch;

/// <summary>The way from a parameter's handle to its gradient's memory, on a stand-in for TorchSharp's native library.</summary>
public sealed class TorchGradientsTests(TorchStandIn torch) : IClassFixture<TorchStandIn>
{
    private const int Float16 = 5;
    private const int Float32 = 6;
    private const int Float64 = 7;
    private const int BFloat16 = 15;

    [Fact]
    public void Gradients_of_all_types_are_clipped_where_they_lie_and_every_handle_is_given_back()
    {
        TorchExports exports = torch.Require();
        using GradientFixture memory = new GradientFixture()
            .Add("a", [3.0, 0.0]).Add("b", [4.0], GradientType.Float64).Add("c", [12.0], GradientType.Float16).Add("d", [84.0], GradientType.BFloat16);
        nint[] parameters = [torch.Parameter(), torch.Parameter(), torch.Parameter(), torch.Parameter()];
        int[] types = [Float32, Float64, Float16, BFloat16];
        for (int i = 0; i < 4; i++)
        {
            torch.SetGradient(parameters[i], memory.Buffers[i].Pointer, types[i], [memory.Buffers[i].Count]);
        }

        var gradients = new TorchGradients([("fc.weight", parameters[0]), ("fc.bias", parameters[1]), ("out.weight", parameters[2]), ("out.bias", parameters[3])], exports);
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.L2Norm(42.5) });
        GradientStatistics statistics = clipper.Clip(gradients.Read(), 1);

        Assert.Equal(85.0, statistics.Norm, 12);
        Assert.Equal(["fc.weight", "fc.bias", "out.weight", "out.bias"], clipper.Layers.ToArray().Select(l => l.Name));
        Assert.Equal([1.5, 2.0, 6.0, 42.0], [memory.Get(0, 0), memory.Get(1, 0), memory.Get(2, 0), memory.Get(3, 0)]);
        Assert.Equal(0, torch.LiveHandles);
    }

    [Fact]
    public void A_gradient_that_comes_goes_or_moves_is_followed()
    {
        TorchExports exports = torch.Require();
        using GradientFixture memory = new GradientFixture().Add("first", [1.0, 2.0]).Add("second", [3.0, 4.0]);
        nint parameter = torch.Parameter();
        var gradients = new TorchGradients([("w", parameter)], exports);
        Assert.Equal(new GradientBuffer("w", 0, 0), gradients.Read()[0]);

        torch.SetGradient(parameter, memory.Buffers[0].Pointer, Float32, [2]);
        Assert.Equal(memory.Buffers[0].Pointer, gradients.Read()[0].Pointer);
        torch.SetGradient(parameter, memory.Buffers[1].Pointer, Float32, [2]);
        Assert.Equal(memory.Buffers[1].Pointer, gradients.Read()[0].Pointer);
        torch.DropGradient(parameter);
        Assert.Equal(0, gradients.Read()[0].Count);
    }

    [Theory]
    [InlineData(new long[] { 8, 3, 5, 5 }, new long[] { 75, 1, 15, 3 })]
    [InlineData(new long[] { 3, 4 }, new long[] { 1, 3 })]
    [InlineData(new long[] { 3, 1, 4 }, new long[] { 1, 77, 3 })]
    public void A_gradient_whose_elements_fill_their_memory_in_another_order_is_taken_as_it_lies(long[] sizes, long[] strides)
    {
        TorchExports exports = torch.Require();
        nint parameter = torch.Parameter();
        torch.SetGradient(parameter, 0x1000, Float32, sizes, strides);

        GradientBuffer buffer = new TorchGradients([("conv.weight", parameter)], exports).Read()[0];

        Assert.Equal((0x1000, sizes.Aggregate(1L, (a, b) => a * b)), (buffer.Pointer, buffer.Count));
    }

    [Theory]
    [InlineData(new long[] { 3, 4 }, new long[] { 8, 1 })]
    [InlineData(new long[] { 3, 4 }, new long[] { 0, 1 })]
    [InlineData(new long[] { 3, 3 }, new long[] { 1, 1 })]
    [InlineData(new long[] { 5 }, new long[] { 2 })]
    public void A_gradient_with_gaps_or_overlaps_is_refused_by_name(long[] sizes, long[] strides)
    {
        TorchExports exports = torch.Require();
        nint parameter = torch.Parameter();
        torch.SetGradient(parameter, 0x1000, Float32, sizes, strides);

        AssertRefused(exports, parameter, "The gradient of 'conv.weight' has gaps or overlaps");
    }

    [Fact]
    public void A_sparse_gradient_is_refused_by_name()
    {
        TorchExports exports = torch.Require();
        nint parameter = torch.Parameter();
        torch.SetGradient(parameter, 0x1000, Float32, [4]);
        torch.MakeSparse(parameter);

        AssertRefused(exports, parameter, "The gradient of 'conv.weight' is sparse");
    }

    [Fact]
    public void A_gradient_of_another_type_or_on_another_device_is_refused_by_name()
    {
        TorchExports exports = torch.Require();
        nint complex = torch.Parameter();
        torch.SetGradient(complex, 0x1000, type: 9, [4]);
        AssertRefused(exports, complex, "The gradient of 'conv.weight' has torch's scalar type 9");

        nint metal = torch.Parameter();
        torch.SetGradient(metal, 0x1000, Float32, [4]);
        torch.Move(metal, 13, 0);
        AssertRefused(exports, metal, "The gradient of 'conv.weight' lies on torch's device type 13");
    }

    [Fact]
    public void A_gradient_on_a_CUDA_device_says_so_and_one_that_is_absent_goes_with_it()
    {
        TorchExports exports = torch.Require();
        nint parameter = torch.Parameter();
        torch.SetGradient(parameter, 0x1000, Float32, [4]);
        torch.Move(parameter, 1, 2);

        GradientBuffer[] read = new TorchGradients([("frozen", torch.Parameter()), ("w", parameter)], exports).Read().ToArray();

        Assert.Equal([GradientDevice.Cuda(2), GradientDevice.Cuda(2)], read.Select(b => b.Device));
    }

    [Fact]
    public void Reading_gradients_allocates_nothing()
    {
        TorchExports exports = torch.Require();
        nint parameter = torch.Parameter();
        torch.SetGradient(parameter, 0x1000, Float32, [4, 4], [1, 4]);
        var gradients = new TorchGradients([("w", parameter)], exports);
        gradients.Read();

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            gradients.Read();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_disposed_or_nameless_parameter_is_refused()
    {
        TorchExports exports = torch.Require();

        Assert.Contains("'w'", Assert.Throws<ArgumentException>(() => new TorchGradients([("w", 0)], exports)).Message, StringComparison.Ordinal);
        Assert.Contains("Parameter 0", Assert.Throws<ArgumentException>(() => new TorchGradients([(null!, 1)], exports)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_native_library_the_error_says_what_to_reference()
    {
        NotSupportedException thrown = Assert.Throws<NotSupportedException>(() => new TorchGradients([], typeof(TorchGradientsTests).Assembly));

        Assert.Contains("TorchSharp-cpu", thrown.Message, StringComparison.Ordinal);
    }

    private void AssertRefused(TorchExports exports, nint parameter, string expected)
    {
        var gradients = new TorchGradients([("conv.weight", parameter)], exports);

        NotSupportedException thrown = Assert.Throws<NotSupportedException>(() => gradients.Read());

        Assert.Contains(expected, thrown.Message, StringComparison.Ordinal);
        Assert.Equal(0, torch.LiveHandles);
    }
}
