using System.Runtime.CompilerServices;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace FastTrainLog.Gradients;

/// <summary>
/// The source of a list of parameters, as far as it can change: the modules and parameters of a model, the groups of an optimizer, the elements of a list.
/// </summary>
/// <remarks>
/// <see cref="IsUnchanged"/> walks it again and compares by reference, without an allocation or a call into torch: some nanoseconds for each module and parameter.
/// </remarks>
internal sealed class ParameterSource
{
    private readonly object _source;
    private readonly List<object?> _seen = [];
    private int _next = -1; // the position of a comparison, −1 while the source is recorded
    private bool _changed;

    public ParameterSource(object source)
    {
        _source = source;
        Walk();
    }

    /// <summary>Returns whether the list was taken from a source that has not changed since.</summary>
    public bool IsUnchanged(object source)
    {
        if (!ReferenceEquals(source, _source))
        {
            return false;
        }

        _next = 0;
        _changed = false;
        Walk();
        return !_changed && _next == _seen.Count;
    }

    // TorchSharp has these for custom modules, derived from Module; the public members for the same create a new enumerable for each module.
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_internal_submodules")]
    private static extern ref OrderedDict<string, torch.nn.Module> SubmodulesOf(torch.nn.Module module);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_internal_params")]
    private static extern ref OrderedDict<string, Parameter> ParametersOf(torch.nn.Module module);

    private void Walk()
    {
        switch (_source)
        {
            case torch.nn.Module module:
                Walk(module);
                break;
            case torch.optim.Optimizer optimizer:
                Walk(optimizer);
                break;
            case IReadOnlyList<Parameter> list:
                Walk(list);
                break;
            default:
                // It may return other parameters each time: it is enumerated again in each step.
                _changed = true;
                break;
        }
    }

    private void Walk(torch.nn.Module module)
    {
        Meet(module);
        OrderedDict<string, Parameter> parameters = ParametersOf(module);
        for (int i = 0; i < parameters.Count && !_changed; i++)
        {
            Meet(parameters[i].Item2);
        }

        OrderedDict<string, torch.nn.Module> submodules = SubmodulesOf(module);
        for (int i = 0; i < submodules.Count && !_changed; i++)
        {
            Walk(submodules[i].Item2);
        }

        // These store their modules elsewhere.
        switch (module)
        {
            case Sequential sequential:
                for (int i = 0; i < sequential.Count && !_changed; i++)
                {
                    if (sequential[i] is torch.nn.Module part)
                    {
                        Walk(part);
                    }
                }

                break;
            case IList<Parameter> list:
                for (int i = 0; i < list.Count && !_changed; i++)
                {
                    Meet(list[i]);
                }

                break;
            case IList<(string Name, Parameter Parameter)> named:
                for (int i = 0; i < named.Count && !_changed; i++)
                {
                    Meet(named[i].Parameter);
                }

                break;
        }
    }

    private void Walk(torch.optim.Optimizer optimizer)
    {
        if (optimizer.ParamGroups is not IList<ParamGroup> groups)
        {
            _changed = true;
            return;
        }

        for (int g = 0; g < groups.Count && !_changed; g++)
        {
            Meet(groups[g].Parameters);
            if (groups[g].Parameters is IReadOnlyList<Parameter> list)
            {
                Walk(list);
            }
        }
    }

    private void Walk(IReadOnlyList<Parameter> list)
    {
        for (int i = 0; i < list.Count && !_changed; i++)
        {
            Meet(list[i]);
        }
    }

    private void Meet(object? thing)
    {
        if (_next < 0)
        {
            _seen.Add(thing);
        }
        else if (_next == _seen.Count || !ReferenceEquals(_seen[_next], thing))
        {
            _changed = true;
        }
        else
        {
            _next++;
        }
    }
}
