using FastTrainLog.Gradients;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;

namespace FastTrainLog.Integrations.Tests.TorchSharp;

/// <summary>One weight in two layers, as language models tie their embedding and their head: two parameters, one memory, one gradient.</summary>
public sealed class TiedWeightsTests
{
    [Theory]
    [InlineData(1.0, 0.25)]
    [InlineData(0.5, 0.25)]
    [InlineData(0.5, double.PositiveInfinity)]
    public void Norm_factor_and_loss_scale_count_a_tied_weight_once(double inverseScale, double share)
    {
        foreach (string by in new[] { "model", "optimizer", "parameters" })
        {
            using var model = new Tied();
            model.Backward();
            double norm = model.Norm() * inverseScale;
            using torch.optim.Optimizer optimizer = torch.optim.SGD([.. model.parameters()], 0.1);
            Parameter[] parameters = [model.Embedding.weight!, model.Head.weight!, model.Head.bias!];
            using var clipper = new GradientClipper(new()
            {
                Limit = double.IsFinite(share) ? GradientLimit.L2Norm(norm * share) : GradientLimit.None,
            });

            GradientStatistics statistics = by switch
            {
                "model" => clipper.Clip(model, 1, inverseScale),
                "optimizer" => clipper.Clip(optimizer, 1, inverseScale),
                _ => clipper.Clip(parameters, 1, inverseScale),
            };

            AssertClose(norm, statistics.Norm);
            AssertClose(double.IsFinite(share) ? norm * share : norm, model.Norm());
            Assert.Equal(model.Embedding.weight!.numel() + model.Head.bias!.numel(), statistics.ElementCount);
        }
    }

    [Fact]
    public void Weights_tied_after_the_first_clip_are_noticed()
    {
        using var model = new Tied(tie: false);
        model.Backward();
        using var clipper = new GradientClipper();
        AssertClose(model.Norm(), clipper.Clip(model, 1).Norm);

        model.Tie();
        model.zero_grad();
        model.Backward();

        AssertClose(model.Norm(), clipper.Clip(model, 2).Norm);
    }

    [Fact]
    public void A_step_over_tied_weights_allocates_nothing()
    {
        using var model = new Tied();
        model.Backward();
        using var clipper = new GradientClipper();
        for (int step = 0; step < 50; step++)
        {
            clipper.Clip(model, step);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int step = 0; step < 50; step++)
        {
            clipper.Clip(model, step);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void AssertClose(double expected, double actual) => Assert.InRange(actual / expected, 1.0 - 1e-6, 1.0 + 1e-6);

    private sealed class Tied : torch.nn.Module
    {
        public Tied(bool tie = true)
            : base(nameof(Tied))
        {
            torch.random.manual_seed(7);
            Embedding = torch.nn.Embedding(20, 8);
            Head = torch.nn.Linear(8, 20);
            RegisterComponents();
            register_module("embed", Embedding);
            register_module("head", Head);
            if (tie)
            {
                Tie();
            }
        }

        public Embedding Embedding { get; }

        public Linear Head { get; }

        public void Tie() => Head.weight = Embedding.weight!;

        public void Backward()
        {
            using DisposeScope scope = torch.NewDisposeScope();
            Head.forward(Embedding.forward(torch.tensor(new long[] { 1, 2, 3, 1 }))).pow(2).sum().backward();
        }

        /// <summary>Returns the norm over each gradient once, by its address.</summary>
        public double Norm()
        {
            using DisposeScope scope = torch.NewDisposeScope();
            var seen = new HashSet<string>();
            double squares = 0.0;
            foreach (Parameter parameter in new[] { Embedding.weight!, Head.weight!, Head.bias! })
            {
                torch.Tensor gradient = parameter.grad!;
                if (seen.Add(string.Join(' ', gradient.data<float>().ToArray())))
                {
                    squares += gradient.to(torch.ScalarType.Float64).pow(2).sum().item<double>();
                }
            }

            return Math.Sqrt(squares);
        }
    }
}
