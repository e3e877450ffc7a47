using FastTrainLog.Gradients;
using FastTrainLog.Training;
using TorchSharp;
using TorchSharp.Modules;

namespace FastTrainLog.Benchmarks.Training;

/// <summary>A loop that trains ResNet-50 (He et al. 2015) in TorchSharp on pictures of random numbers; several such loops train the same one in turns.</summary>
/// <param name="way">What it does with the gradients of a step.</param>
/// <param name="model">The model.</param>
/// <param name="limit">Limits and logs them; null for nothing.</param>
internal sealed class ResNetLoop(string way, ResNetLoop.Model model, Action<ResNetLoop.Model>? limit) : StepLoop(way)
{
    /// <summary>The limit of the norm: far above it, so that nothing is changed.</summary>
    public const double Limit = 1e6;

    public override void Dispose()
    {
    }

    protected override void Work() => model.Step();

    protected override void Call() => limit?.Invoke(model);

    /// <summary>The model, with a batch and an optimizer.</summary>
    public sealed class Model : IDisposable
    {
        private const int Pictures = 2;
        private const int Side = 64;
        private const int Classes = 10;

        private readonly torch.Tensor _pictures = torch.randn(Pictures, 3, Side, Side);
        private readonly torch.Tensor _labels = torch.randint(0, Classes, Pictures);
        private readonly SGD _optimizer;

        public Model()
        {
            Network = torchvision.models.resnet50(Classes);
            Parameters = [.. Network.parameters()];
            _optimizer = torch.optim.SGD(Parameters, 1e-4);
        }

        public torch.nn.Module<torch.Tensor, torch.Tensor> Network { get; }

        public Parameter[] Parameters { get; }

        public float Loss { get; private set; }

        public long Steps { get; private set; }

        /// <summary>The forward and the backward pass, after the optimizer's step for the gradients of the last one.</summary>
        public void Step()
        {
            using DisposeScope scope = torch.NewDisposeScope();
            if (Steps++ > 0)
            {
                _optimizer.step();
            }

            _optimizer.zero_grad();
            torch.Tensor loss = torch.nn.functional.cross_entropy(Network.forward(_pictures), _labels);
            loss.backward();
            Loss = loss.ToSingle();
        }

        public void Dispose()
        {
            _optimizer.Dispose();
            Network.Dispose();
            _labels.Dispose();
            _pictures.Dispose();
        }
    }
}
