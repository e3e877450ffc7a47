using TorchSharp;
using TorchSharp.Modules;

namespace FastTrainLog.Gradients;

/// <summary>The last parameters of a clipper. It keeps them alive, so that their handles stay valid.</summary>
internal sealed class ParameterList
{
    private ParameterSource? _source;
    private Parameter[] _parameters = [];
    private TorchGradients? _gradients;
    private TorchPasses? _operators;

    /// <summary>Gets the current locations of the gradients.</summary>
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

    /// <summary>Returns whether the list was taken from a source and is still valid: nothing was added, removed, replaced or disposed of.</summary>
    public bool IsOf(object source)
    {
        if (_source is null || !_source.IsUnchanged(source))
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
        _operators = new TorchPasses(_parameters);

        // After the enumeration, which registers what a module keeps in fields.
        _source = new ParameterSource(source);
    }
}
