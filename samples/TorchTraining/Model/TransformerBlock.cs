using TorchSharp;
using TorchSharp.Modules;

namespace TorchTraining.Model;

/// <summary>Causal self-attention and a perceptron, each after a normalisation and beside a residual connection.</summary>
internal sealed class TransformerBlock : torch.nn.Module<torch.Tensor, torch.Tensor>
{
    private const int Heads = 3;

    private readonly LayerNorm _attentionNorm;
    private readonly Linear _queriesKeysValues;
    private readonly Linear _attentionOutput;
    private readonly LayerNorm _perceptronNorm;
    private readonly Linear _wide;
    private readonly Linear _narrow;

    public TransformerBlock(int width)
        : base(nameof(TransformerBlock))
    {
        _attentionNorm = torch.nn.LayerNorm(width);
        _queriesKeysValues = torch.nn.Linear(width, 3 * width);
        _attentionOutput = torch.nn.Linear(width, width);
        _perceptronNorm = torch.nn.LayerNorm(width);
        _wide = torch.nn.Linear(width, 4 * width);
        _narrow = torch.nn.Linear(4 * width, width);
        register_module("attention_norm", _attentionNorm);
        register_module("attention_qkv", _queriesKeysValues);
        register_module("attention_output", _attentionOutput);
        register_module("mlp_norm", _perceptronNorm);
        register_module("mlp_wide", _wide);
        register_module("mlp_narrow", _narrow);
    }

    public override torch.Tensor forward(torch.Tensor input)
    {
        torch.Tensor x = input + Attend(_attentionNorm.forward(input));
        return x + _narrow.forward(torch.nn.functional.gelu(_wide.forward(_perceptronNorm.forward(x))));
    }

    private torch.Tensor Attend(torch.Tensor x)
    {
        (long rows, long places, long width) = (x.shape[0], x.shape[1], x.shape[2]);
        torch.Tensor[] parts = _queriesKeysValues.forward(x).view(rows, places, 3, Heads, width / Heads).permute(2, 0, 3, 1, 4).unbind(0);
        (torch.Tensor queries, torch.Tensor keys, torch.Tensor values) = (parts[0], parts[1], parts[2]);
        torch.Tensor future = torch.ones(places, places, dtype: torch.ScalarType.Bool).triu(1);
        torch.Tensor scores = (queries.matmul(keys.transpose(-2, -1)) / Math.Sqrt(width / (double)Heads)).masked_fill(future, double.NegativeInfinity);
        torch.Tensor seen = scores.softmax(-1).matmul(values);
        return _attentionOutput.forward(seen.transpose(1, 2).reshape(rows, places, width));
    }
}
