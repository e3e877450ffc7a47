using FastTrainLog.Gradients;
using TorchSharp;
using TorchSharp.Modules;

namespace FastTrainLog.Benchmarks.Gradients;

/// <summary>TorchSharp's <c>clip_grad_norm_</c> over the same lengths: it always reads, multiplies and waits, whether the limit is exceeded or not.</summary>
internal sealed class TorchPeer : IDisposable
{
    private readonly Parameter[] _parameters;

    public TorchPeer(GradientBuffer[] buffers, int threads)
    {
        torch.set_num_threads(threads);
        _parameters = [.. buffers.Select(buffer => torch.nn.Parameter(torch.empty(buffer.Count)))];
        foreach (Parameter parameter in _parameters)
        {
            parameter.grad = torch.randn(parameter.numel());
        }
    }

    public static string Name => $"TorchSharp {typeof(torch).Assembly.GetName().Version!.ToString(3)} clip_grad_norm_";

    /// <summary>Clips to a norm; with one so large that nothing changes, all elements are multiplied by 1.</summary>
    public void Clip(double maximum) => torch.nn.utils.clip_grad_norm_(_parameters, maximum);

    public void Dispose()
    {
        foreach (Parameter parameter in _parameters)
        {
            parameter.grad?.Dispose();
            parameter.Dispose();
        }
    }
}
