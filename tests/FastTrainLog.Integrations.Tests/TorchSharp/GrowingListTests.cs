using FastTrainLog.Gradients;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;

namespace FastTrainLog.Integrations.Tests.TorchSharp;

/// <summary>Parameters that come after the first clip, or go, are clipped with the others from the next step on.</summary>
public sealed class GrowingListTests
{
    [Fact]
    public void A_module_appended_to_a_sequence_is_clipped()
    {
        using Sequential model = torch.nn.Sequential(torch.nn.Linear(4, 4));
        using var clipper = new GradientClipper();
        AssertNorm(model, clipper, 1);

        model.append(torch.nn.Linear(4, 4));
        AssertNorm(model, clipper, 2);
        model.append("last", torch.nn.Sequential(torch.nn.Linear(4, 2)));
        AssertNorm(model, clipper, 3);

        Assert.Equal(["0.weight", "0.bias", "1.weight", "1.bias", "last.0.weight", "last.0.bias"], clipper.Layers.ToArray().Select(layer => layer.Name));
    }

    [Fact]
    public void A_module_or_parameter_registered_deep_in_a_model_is_clipped()
    {
        using var model = new Nested();
        using var clipper = new GradientClipper();
        AssertNorm(model, clipper, 1);

        model.Inner.Register("late", torch.nn.Linear(4, 4));
        AssertNorm(model, clipper, 2);
        model.Inner.Register("scale", torch.nn.Parameter(torch.ones(4)));
        AssertNorm(model, clipper, 3);
        Assert.Equal(5, clipper.Layers.Length);
    }

    [Fact]
    public void A_parameter_replaced_by_another_is_followed()
    {
        using Linear model = torch.nn.Linear(4, 4);
        using var clipper = new GradientClipper();
        AssertNorm(model, clipper, 1);

        model.weight = torch.nn.Parameter(torch.ones(4, 4));

        AssertNorm(model, clipper, 2);
    }

    [Fact]
    public void A_parameter_group_added_to_an_optimizer_is_clipped()
    {
        using Linear first = torch.nn.Linear(4, 4);
        using Linear second = torch.nn.Linear(4, 3);
        using SGD optimizer = torch.optim.SGD(first.parameters(), 0.1);
        using var clipper = new GradientClipper();
        SetGradients(first);
        SetGradients(second);
        Assert.Equal(20, clipper.Clip(optimizer, 1).ElementCount);

        optimizer.add_param_group(new SGD.ParamGroup(second.parameters()));

        Assert.Equal((35L, Math.Sqrt(35.0)), (clipper.Clip(optimizer, 2).ElementCount, clipper.Clip(optimizer, 3).Norm));
    }

    [Fact]
    public void A_list_and_a_sequence_that_grow_are_clipped_whole()
    {
        using Linear first = torch.nn.Linear(4, 4);
        using Linear second = torch.nn.Linear(4, 3);
        SetGradients(first);
        SetGradients(second);
        List<Parameter> list = [.. first.parameters()];
        var set = new HashSet<Parameter>(first.parameters());
        using var byList = new GradientClipper();
        using var bySet = new GradientClipper();
        Assert.Equal((20L, 20L), (byList.Clip(list, 1).ElementCount, bySet.Clip(set, 1).ElementCount));

        list.AddRange(second.parameters());
        set.UnionWith(second.parameters());

        Assert.Equal((35L, 35L), (byList.Clip(list, 2).ElementCount, bySet.Clip(set, 2).ElementCount));
        list.RemoveAt(0);
        Assert.Equal(19, byList.Clip(list, 3).ElementCount);
    }

    [Fact]
    public void A_list_of_parameters_that_is_a_module_is_followed()
    {
        using var list = torch.nn.ParameterList(torch.nn.Parameter(torch.ones(3)));
        using var clipper = new GradientClipper();
        AssertNorm(list, clipper, 1);

        list.Add(torch.nn.Parameter(torch.ones(5)));

        AssertNorm(list, clipper, 2);
    }

    private static void AssertNorm(torch.nn.Module model, GradientClipper clipper, long step)
    {
        SetGradients(model);
        long elements = model.parameters().Sum(parameter => parameter.numel());
        GradientStatistics statistics = clipper.Clip(model, step);
        Assert.Equal((elements, Math.Sqrt(elements)), (statistics.ElementCount, statistics.Norm));
    }

    private static void SetGradients(torch.nn.Module model)
    {
        foreach (Parameter parameter in model.parameters())
        {
            parameter.grad = torch.ones_like(parameter);
        }
    }

    private sealed class Nested : torch.nn.Module
    {
        public Nested()
            : base(nameof(Nested))
        {
            Inner = new Open();
            register_module("inner", Inner);
        }

        public Open Inner { get; }
    }

    private sealed class Open : torch.nn.Module
    {
        public Open()
            : base(nameof(Open))
            => register_module("first", torch.nn.Linear(4, 4));

        public void Register(string name, torch.nn.Module module) => register_module(name, module);

        public void Register(string name, Parameter parameter) => register_parameter(name, parameter);
    }
}
