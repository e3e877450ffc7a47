using TorchSharp;
using TorchSharp.Modules;

namespace FastTrainLog.Gradients;

/// <summary>The parameters that a clipper saw last. It keeps them alive, so that their handles stay valid.</summary>
internal sealed class ParameterList
{
    private object? _source;
    private Parameter[] _parameters = [];
    private TorchGradients? _gradients;
    private TorchPasses? _operators;

    /// <summary>Gets where the gradients are now.</summary>
    public ReadOnlySpan<GradientBuffer> Gradients
    {
        get
        {
            ReadOnlySpan<GradientBuffer> buffers = _gradients!.Read();
            GC.KeepAlive(_parameters);
            return buffers;
        }
    }

    /// <summary>Gets the passes over the same gradients by torch's operators.</summary>
    public TorchPasses Operators => _operators!;

    /// <summary>Says whether the list was taken from a source and still holds: none of its parameters has been disposed of.</summary>
    public bool IsOf(object source)
    {
        if (!ReferenceEquals(source, _source))
        {
            return false;
        }

        if (source is IReadOnlyList<Parameter> list && !IsSame(list))
        {
            return false;
        }

        foreach (Parameter parameter in _parameters)
        {
            if (parameter.IsInvalid)
            {
                return false;
            }
        }

        return true;
    }

    public void Take(object source, IEnumerable<(string Name, Parameter Parameter)> parameters)
    {
        (string Name, Parameter Parameter)[] named = [.. parameters];
        _gradients = new TorchGradients([.. named.Select(p => (p.Name, p.Parameter.Handle))], typeof(torch).Assembly);
        _parameters = [.. named.Select(p => p.Parameter)];
        _operators = new TorchPasses(_parameters, [.. named.Select(p => p.Name)]);
        _source = source;
    }

    private bool IsSame(IReadOnlyList<Parameter> list)
    {
        bool same = list.Count == _parameters.Length;
        for (int i = 0; same && i < list.Count; i++)
        {
            same = ReferenceEquals(list[i], _parameters[i]);
        }

        return same;
    }
}
