using FastTrainLog.Gradients;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;

namespace FastTrainLog.Integrations.Tests.TorchSharp;

/// <summary>The clipper over real TorchSharp modules, against torch's own arithmetic.</summary>
public sealed class TorchClippingTests
{
    [Fact]
    public void A_model_is_clipped_as_clip_grad_norm_clips_it_and_its_layers_are_named()
    {
        using Sequential model = Model();
        Backward(model, scale: 100f);
        double norm = Norm(model);
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.L2Norm(norm / 4.0) });

        GradientStatistics statistics = clipper.Clip(model, step: 1);

        AssertClose(norm, statistics.Norm, 1e-6);
        AssertClose(norm / 4.0, Norm(model), 1e-6);
        Assert.Equal(model.named_parameters().Select(p => p.name), clipper.Layers.ToArray().Select(l => l.Name));
        Assert.Equal("0.weight", clipper.Layers[0].Name);
    }

    [Fact]
    public void One_NaN_does_not_spread_as_it_does_with_clip_grad_norm()
    {
        using Sequential model = Model();
        Backward(model, scale: 1f);
        using torch.Tensor poisoned = model.named_parameters().First().parameter.grad!;
        poisoned[0, 0] = float.NaN;
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.L2Norm(1e-3), NonFinite = NonFinitePolicy.Sanitize });

        GradientStatistics statistics = clipper.Clip(model, step: 1);

        Assert.Equal((1, "0.weight"), (statistics.NaNCount, statistics.FirstNonFinite));
        AssertClose(1e-3, Norm(model), 1e-5);
    }

    [Fact]
    public void An_optimizer_and_a_list_of_parameters_are_clipped_like_the_model()
    {
        using Sequential model = Model();
        using torch.optim.Optimizer optimizer = torch.optim.SGD(model.parameters(), 0.1);
        Parameter[] parameters = [.. model.parameters()];
        Backward(model, scale: 1f);
        double norm = Norm(model);
        using var clipper = new GradientClipper();

        AssertClose(norm, clipper.Clip(optimizer, 1).Norm, 1e-6);
        AssertClose(norm, clipper.Clip(parameters, 2).Norm, 1e-6);
        Assert.Equal(4, clipper.Layers.Length);
        Assert.Equal("parameter3", clipper.Layers[3].Name);
    }

    [Fact]
    public void Parameters_converted_to_another_type_are_followed()
    {
        using Sequential model = Model();
        Backward(model, scale: 1f);
        using var clipper = new GradientClipper();
        clipper.Clip(model, 1);

        model.to(torch.ScalarType.Float64);
        Backward(model, scale: 1f);

        AssertClose(Norm(model), clipper.Clip(model, 2).Norm, 1e-12);
    }

    [Fact]
    public void Gradients_in_channels_last_order_are_clipped_as_they_lie()
    {
        using Conv2d convolution = torch.nn.Conv2d(3, 8, 3);
        using torch.Tensor gradient = torch.rand(8, 3, 3, 3).permute(0, 3, 1, 2);
        Assert.False(gradient.is_contiguous());
        convolution.weight!.grad = gradient;
        using torch.Tensor norm = gradient.norm();
        using var clipper = new GradientClipper();

        AssertClose(norm.item<float>(), clipper.Clip(convolution, 1).Norm, 1e-6);
    }

    [Fact]
    public void A_sparse_gradient_is_refused_by_name()
    {
        using Embedding embedding = torch.nn.Embedding(10, 4, sparse: true);
        using torch.Tensor chosen = embedding.forward(torch.tensor(new long[] { 1, 2 }));
        using torch.Tensor loss = chosen.sum();
        loss.backward();
        using var clipper = new GradientClipper();

        NotSupportedException thrown = Assert.Throws<NotSupportedException>(() => clipper.Clip(embedding, 1));

        Assert.Contains("The gradient of 'weight' is sparse", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        using Sequential model = Model();
        Parameter[] parameters = [.. model.parameters()];
        using torch.optim.Optimizer optimizer = torch.optim.SGD(model.parameters(), 0.1);
        Backward(model, scale: 1f);
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.L2Norm(1.0) });

        Assert.Equal(0, Allocated(() => clipper.Clip(model, 1)));
        Assert.Equal(0, Allocated(() => clipper.Clip(optimizer, 1)));
        Assert.Equal(0, Allocated(() => clipper.Clip(parameters, 1)));
    }

    [Fact]
    public void Tensors_are_not_held_and_the_dispose_scope_sees_none()
    {
        using Sequential model = Model();
        Backward(model, scale: 1f);
        using var clipper = new GradientClipper();
        using DisposeScope scope = torch.NewDisposeScope();

        clipper.Clip(model, 1);

        Assert.Equal(0, scope.DisposablesCount);
    }

    private static long Allocated(Action step)
    {
        for (int i = 0; i < 50; i++)
        {
            step();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 50; i++)
        {
            step();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static Sequential Model()
    {
        torch.random.manual_seed(3);
        return torch.nn.Sequential(torch.nn.Linear(20, 30), torch.nn.ReLU(), torch.nn.Linear(30, 5));
    }

    private static void Backward(Sequential model, float scale)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        torch.ScalarType type = model.parameters().First().dtype;
        torch.Tensor loss = (model.forward(torch.rand(16, 20, dtype: type)) * scale).pow(2).sum();
        loss.backward();
    }

    private static double Norm(torch.nn.Module model)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        return Math.Sqrt(model.parameters().Sum(p => p.grad!.to(torch.ScalarType.Float64).pow(2).sum().item<double>()));
    }

    private static void AssertClose(double expected, double actual, double tolerance)
        => Assert.InRange(Math.Abs(expected - actual) / expected, 0.0, tolerance);
}
