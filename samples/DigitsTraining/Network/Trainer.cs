using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using DigitsTraining.Data;
using FastTrainLog.Gradients;

namespace DigitsTraining.Network;

/// <summary>A network of two fully connected layers with a ReLU between them, its backward pass written out by hand.</summary>
internal sealed class Trainer
{
    public const int Hidden = 256;
    public const float WeightDecay = 0.01f;

    private readonly LinearLayer _first;
    private readonly LinearLayer _second;
    private readonly Parameter[] _parameters;
    private readonly GradientBuffer[] _gradients;
    private readonly AdamOptimizer _optimizer;
    private readonly float[] _hidden = new float[Hidden];
    private readonly float[] _hiddenGradient = new float[Hidden];
    private readonly float[] _output = new float[Digits.Classes];

    public Trainer(int seed)
    {
        var random = new Random(seed);
        _first = new LinearLayer("fc1", Digits.Pixels, Hidden, random);
        _second = new LinearLayer("fc2", Hidden, Digits.Classes, random);
        _parameters = [_first.Weight, _first.Bias, _second.Weight, _second.Bias];
        _gradients = [.. _parameters.Select(p => p.GradientBuffer)];
        _optimizer = new AdamOptimizer(_parameters, WeightDecay);
    }

    public string Model => $"DigitsMlp-{Digits.Pixels}-{Hidden}-{Digits.Classes}";

    public string Optimizer => "AdamW";

    public long ParameterCount => _parameters.Sum(p => (long)p.Values.Length);

    public BatchResult ForwardBackward(Batch batch)
    {
        foreach (Parameter p in _parameters)
        {
            Array.Clear(p.Gradient);
        }

        double loss = 0;
        int correct = 0;
        for (int i = 0; i < batch.Count; i++)
        {
            ReadOnlySpan<float> pixels = batch.Pixels.Slice(i * Digits.Pixels, Digits.Pixels);
            int label = batch.Labels[i];
            correct += Forward(pixels) == label ? 1 : 0;
            loss += Loss(label);

            // The gradient of the cross-entropy of a softmax is the probabilities less the truth.
            _output[label] -= 1f;
            TensorPrimitives.Divide(_output, batch.Count, _output);
            _second.Backward(_hidden, _output, _hiddenGradient);
            for (int h = 0; h < Hidden; h++)
            {
                _hiddenGradient[h] = _hidden[h] > 0f ? _hiddenGradient[h] : 0f;
            }

            _first.Backward(pixels, _hiddenGradient, []);
        }

        return new BatchResult(loss / batch.Count, correct, batch.Count);
    }

    public GradientStatistics Clip(GradientClipper clipper, long step) => clipper.Clip(_gradients, step);

    public void PoisonGradient() => _second.Weight.Gradient[Hidden / 2] = float.NaN;

    public void Update(double learningRate) => _optimizer.Step((float)learningRate);

    public BatchResult Evaluate(Batch batch)
    {
        double loss = 0;
        int correct = 0;
        for (int i = 0; i < batch.Count; i++)
        {
            correct += Forward(batch.Pixels.Slice(i * Digits.Pixels, Digits.Pixels)) == batch.Labels[i] ? 1 : 0;
            loss += Loss(batch.Labels[i]);
        }

        return new BatchResult(loss / batch.Count, correct, batch.Count);
    }

    public void Save(string path)
    {
        using FileStream file = File.Create(path);
        foreach (Parameter p in _parameters)
        {
            file.Write(MemoryMarshal.AsBytes(p.Values.AsSpan()));
        }
    }

    public void Load(string path)
    {
        using FileStream file = File.OpenRead(path);
        foreach (Parameter p in _parameters)
        {
            file.ReadExactly(MemoryMarshal.AsBytes(p.Values.AsSpan()));
        }
    }

    public void Dispose()
    {
    }

    /// <summary>Leaves the probabilities of the ten digits in the output and returns the likeliest.</summary>
    private int Forward(ReadOnlySpan<float> pixels)
    {
        _first.Forward(pixels, _hidden);
        TensorPrimitives.Max(_hidden, 0f, _hidden);
        _second.Forward(_hidden, _output);
        TensorPrimitives.SoftMax(_output, _output);
        return TensorPrimitives.IndexOfMax<float>(_output);
    }

    // A probability that rounded to zero would make the loss of a batch infinite.
    private double Loss(int label) => -Math.Log(Math.Max(_output[label], float.Epsilon));
}
