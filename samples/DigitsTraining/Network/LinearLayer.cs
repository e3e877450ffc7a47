using System.Numerics.Tensors;

namespace DigitsTraining.Network;

/// <summary>A fully connected layer: each output is a bias and the dot product of a row of weights with the input.</summary>
internal sealed class LinearLayer
{
    private readonly int _inputs;
    private readonly int _outputs;

    public LinearLayer(string name, int inputs, int outputs, Random random)
    {
        _inputs = inputs;
        _outputs = outputs;
        Weight = new Parameter($"{name}.weight", inputs * outputs);
        Bias = new Parameter($"{name}.bias", outputs);

        // He et al. 2015, "Delving deep into rectifiers": variance 2 / inputs keeps the signal's size through ReLU layers;
        // a uniform distribution of that variance reaches to the root of three times it.
        float bound = MathF.Sqrt(6f / inputs);
        for (int i = 0; i < Weight.Values.Length; i++)
        {
            Weight.Values[i] = bound * ((2f * random.NextSingle()) - 1f);
        }
    }

    public Parameter Weight { get; }

    public Parameter Bias { get; }

    public void Forward(ReadOnlySpan<float> input, Span<float> output)
    {
        for (int o = 0; o < _outputs; o++)
        {
            output[o] = Bias.Values[o] + TensorPrimitives.Dot(Weight.Values.AsSpan(o * _inputs, _inputs), input);
        }
    }

    /// <summary>Adds one example's share to the gradients, and sets the gradient of its input unless that is empty.</summary>
    public void Backward(ReadOnlySpan<float> input, ReadOnlySpan<float> outputGradient, Span<float> inputGradient)
    {
        inputGradient.Clear();
        TensorPrimitives.Add(Bias.Gradient, outputGradient, Bias.Gradient);
        for (int o = 0; o < _outputs; o++)
        {
            Span<float> row = Weight.Gradient.AsSpan(o * _inputs, _inputs);
            TensorPrimitives.MultiplyAdd(input, outputGradient[o], row, row);
            if (!inputGradient.IsEmpty)
            {
                TensorPrimitives.MultiplyAdd(Weight.Values.AsSpan(o * _inputs, _inputs), outputGradient[o], inputGradient, inputGradient);
            }
        }
    }
}
