using DigitsTraining.Data;
using FastTrainLog.Gradients;
using TorchSharp;
using TorchSharp.Modules;

namespace DigitsTraining.Network.Torch;

/// <summary>The same network of TorchSharp's modules, with its optimiser.</summary>
internal sealed class TorchTrainer : ITrainer
{
    private readonly Sequential _model;
    private readonly AdamW _optimizer;

    public TorchTrainer(int seed)
    {
        torch.random.manual_seed(seed);
        _model = torch.nn.Sequential(
            ("fc1", torch.nn.Linear(Digits.Pixels, EmbeddedTrainer.Hidden)),
            ("relu", torch.nn.ReLU()),
            ("fc2", torch.nn.Linear(EmbeddedTrainer.Hidden, Digits.Classes)));
        _optimizer = torch.optim.AdamW(_model.parameters(), weight_decay: EmbeddedTrainer.WeightDecay);
    }

    public string Model => $"DigitsMlp-{Digits.Pixels}-{EmbeddedTrainer.Hidden}-{Digits.Classes}";

    public string Optimizer => "AdamW (TorchSharp)";

    public long ParameterCount => _model.parameters().Sum(p => p.numel());

    public BatchResult ForwardBackward(Batch batch)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        _optimizer.zero_grad();
        BatchResult result = Forward(batch, out torch.Tensor loss);
        loss.backward();
        return result;
    }

    public GradientStatistics Clip(GradientClipper clipper, long step) => clipper.Clip(_model, step);

    public void PoisonGradient()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        _model.get_parameter("fc2.weight")!.grad![0, 0] = float.NaN;
    }

    public void Update(double learningRate)
    {
        foreach (ParamGroup group in _optimizer.ParamGroups)
        {
            group.LearningRate = learningRate;
        }

        _optimizer.step();
    }

    public BatchResult Evaluate(Batch batch)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using IDisposable inference = torch.no_grad();
        return Forward(batch, out _);
    }

    public void Save(string path) => _model.save(path);

    public void Load(string path) => _model.load(path);

    public void Dispose()
    {
        _optimizer.Dispose();
        _model.Dispose();
    }

    private BatchResult Forward(Batch batch, out torch.Tensor loss)
    {
        torch.Tensor pixels = torch.tensor(batch.Pixels.ToArray(), [batch.Count, Digits.Pixels]);
        torch.Tensor labels = torch.tensor(Array.ConvertAll(batch.Labels.ToArray(), label => (long)label));
        torch.Tensor output = _model.forward(pixels);
        loss = torch.nn.functional.cross_entropy(output, labels);
        return new BatchResult(loss.item<float>(), output.argmax(1).eq(labels).sum().ToInt32(), batch.Count);
    }
}
