using FastTrainLog.Gradients;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;

namespace FastTrainLog.Integrations.Tests.TorchSharp;

/// <summary>Torch's operators, which clip where the CUDA kernels cannot run, do what the passes over host memory do.</summary>
public sealed class TorchPassesTests
{
    [Theory]
    [InlineData(torch.ScalarType.Float32, NonFinitePolicy.Sanitize, 1e-6)]
    [InlineData(torch.ScalarType.Float32, NonFinitePolicy.Skip, 1e-6)]
    [InlineData(torch.ScalarType.Float32, NonFinitePolicy.Report, 1e-6)]
    [InlineData(torch.ScalarType.Float64, NonFinitePolicy.Sanitize, 1e-12)]
    [InlineData(torch.ScalarType.BFloat16, NonFinitePolicy.Sanitize, 1e-2)]
    [InlineData(torch.ScalarType.Float16, NonFinitePolicy.Sanitize, 2e-3)]
    public void Statistics_and_gradients_are_those_of_the_host(torch.ScalarType type, NonFinitePolicy policy, double tolerance)
    {
        AssertAlike(type, new() { Limit = GradientLimit.L2Norm(0.5), NonFinite = policy }, tolerance, poison: true);
    }

    [Theory]
    [MemberData(nameof(Limits))]
    public void Every_kind_of_limit_is_applied(string name)
    {
        GradientLimit limit = name switch
        {
            "none" => GradientLimit.None,
            "L2" => GradientLimit.L2Norm(0.5),
            "infinity" => GradientLimit.InfinityNorm(0.1),
            "value" => GradientLimit.Value(0.2),
            _ => GradientLimit.AdaGC(),
        };
        AssertAlike(torch.ScalarType.Float32, new() { Limit = limit }, 1e-6, poison: false);
    }

    public static TheoryData<string> Limits { get; } = ["none", "L2", "infinity", "value", "AdaGC"];

    [Theory]
    [InlineData(1e30f)]
    [InlineData(1e-30f)]
    public void Squares_neither_overflow_nor_vanish(float size)
    {
        using Parameter parameter = torch.nn.Parameter(torch.zeros(4));
        parameter.grad = torch.full(4, size);
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.L2Norm(size) });

        GradientStatistics statistics = clipper.ClipBy(PassesOver([parameter]), 1, 1.0);

        Assert.Equal(1.0, statistics.Norm / (2.0 * size), 1e-6);
        Assert.Equal(0.5f * size, parameter.grad!.data<float>()[0], size * 1e-6f);
    }

    [Fact]
    public void Layers_without_a_gradient_count_as_empty_and_no_tensor_is_left_behind()
    {
        using Parameter first = torch.nn.Parameter(torch.zeros(4));
        using Parameter second = torch.nn.Parameter(torch.zeros(2));
        second.grad = torch.ones(2);
        using var clipper = new GradientClipper();
        using DisposeScope scope = torch.NewDisposeScope();

        GradientStatistics statistics = clipper.ClipBy(PassesOver([first, second]), 1, 0.5);

        Assert.Equal((2, 2L), (statistics.LayerCount, statistics.ElementCount));
        Assert.Equal(Math.Sqrt(0.5), statistics.Norm, 1e-12);
        Assert.Equal(0.5f, second.grad!.data<float>()[1]);
        Assert.Equal(1, scope.DisposablesCount);
    }

    [Fact]
    public void A_gradient_of_two_parameters_is_measured_and_scaled_once()
    {
        using torch.Tensor shared = torch.tensor(new[] { 3f, 4f });
        using Parameter first = torch.nn.Parameter(torch.zeros(2));
        using Parameter second = torch.nn.Parameter(torch.zeros(2));
        first.grad = shared;
        second.grad = shared;
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.L2Norm(1.0) });

        GradientStatistics statistics = clipper.ClipBy(PassesOver([first, second]), 1, 0.5);

        Assert.Equal((2.5, 2L, 2), (statistics.Norm, statistics.ElementCount, statistics.LayerCount));
        Assert.Equal([0.6f, 0.8f], shared.data<float>().ToArray());
    }

    [Theory]
    [InlineData(NonFinitePolicy.Sanitize, 6f, 0f)]
    [InlineData(NonFinitePolicy.Skip, 0f, 0f)]
    [InlineData(NonFinitePolicy.Report, 3f, 60000f)]
    public void An_element_that_its_loss_scale_brings_beyond_its_type_makes_the_step_non_finite(NonFinitePolicy policy, float sound, float bad)
    {
        using Parameter parameter = torch.nn.Parameter(torch.zeros(2, torch.ScalarType.Float16));
        parameter.grad = torch.tensor(new[] { 3f, 60000f }).to(torch.ScalarType.Float16);
        using var clipper = new GradientClipper(new() { NonFinite = policy });

        GradientStatistics statistics = clipper.ClipBy(PassesOver([parameter]), 1, 2.0);

        Assert.True(statistics.FoundInf && statistics.Overflowed);
        Assert.Equal([sound, bad], parameter.grad!.to(torch.ScalarType.Float32).data<float>().ToArray());
    }

    [Fact]
    public void A_factor_too_small_for_a_double_still_gives_the_limit()
    {
        using Parameter parameter = torch.nn.Parameter(torch.zeros(1, torch.ScalarType.Float64));
        parameter.grad = torch.tensor(new[] { 1.7e308 });
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.L2Norm(1e-20) });

        clipper.ClipBy(PassesOver([parameter]), 1, 1.0);

        Assert.Equal(1.0, parameter.grad!.data<double>()[0] / 1e-20, 1e-12);
    }

    private static TorchPasses PassesOver(Parameter[] parameters)
    {
        var passes = new TorchPasses(parameters);
        passes.Use(new TorchGradients([.. parameters.Select((parameter, i) => ($"parameter{i}", parameter.Handle))], typeof(torch).Assembly).Read());
        return passes;
    }

    private static void AssertAlike(torch.ScalarType type, GradientClipperOptions options, double tolerance, bool poison)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        Parameter[] onHost = Parameters(type, poison);
        Parameter[] byTorch = Parameters(type, poison);
        using var host = new GradientClipper(options);
        using var operators = new GradientClipper(options);
        TorchPasses passes = PassesOver(byTorch);
        for (int step = 1; step <= 3; step++)
        {
            GradientStatistics expected = host.Clip(onHost, step, 0.5);
            GradientStatistics actual = operators.ClipBy(passes, step, 0.5);
            Assert.Equal(expected.Norm, actual.Norm, expected.Norm * Math.Max(1e-9, step == 1 ? 1e-9 : tolerance));
            Assert.Equal(
                (expected.Action, expected.NaNCount, expected.InfinityCount, expected.FirstNonFinite, expected.ElementCount),
                (actual.Action, actual.NaNCount, actual.InfinityCount, actual.FirstNonFinite, actual.ElementCount));
            for (int i = 0; i < onHost.Length; i++)
            {
                Assert.True(torch.allclose(onHost[i].grad!, byTorch[i].grad!, tolerance, tolerance, equal_nan: true));
            }
        }
    }

    private static Parameter[] Parameters(torch.ScalarType type, bool poison)
    {
        torch.random.manual_seed(5);
        Parameter[] parameters = [torch.nn.Parameter(torch.zeros(20, 30, dtype: type)), torch.nn.Parameter(torch.zeros(30, dtype: type))];
        foreach (Parameter parameter in parameters)
        {
            parameter.grad = torch.randn(parameter.shape).to_type(type);
        }

        if (poison)
        {
            parameters[1].grad![3] = float.NaN;
            parameters[1].grad![7] = float.NegativeInfinity;
        }

        return parameters;
    }
}
