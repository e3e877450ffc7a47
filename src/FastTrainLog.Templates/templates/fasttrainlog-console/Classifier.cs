using System.Runtime.InteropServices;
using FastTrainLog.Gradients;

namespace FastTrainLogConsole;

/// <summary>A network with one hidden layer, trained by stochastic gradient descent. Put your model in its place.</summary>
internal sealed class Classifier
{
    private const int Inputs = 3;
    private const int Hidden = 64;

    private readonly float[] _first = new float[Hidden * Inputs];
    private readonly float[] _second = new float[Hidden + 1];
    private readonly float[] _firstGradient = new float[Hidden * Inputs];
    private readonly float[] _secondGradient = new float[Hidden + 1];
    private readonly float[] _activations = new float[Hidden];

    public Classifier(int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < _first.Length; i++)
        {
            _first[i] = (float)((random.NextDouble() * 8.0) - 4.0);
        }

        for (int i = 0; i < _second.Length; i++)
        {
            _second[i] = (float)((random.NextDouble() - 0.5) / 4.0);
        }

        Gradients = [GradientBuffer.Of("hidden.weight", _firstGradient), GradientBuffer.Of("output.weight", _secondGradient)];
    }

    public GradientBuffer[] Gradients { get; }

    /// <summary>Computes the gradients of a batch.</summary>
    /// <returns>The mean loss.</returns>
    public double ForwardBackward((float X, float Y, int Class)[] batch)
    {
        Array.Clear(_firstGradient);
        Array.Clear(_secondGradient);
        double loss = 0.0;
        foreach ((float x, float y, int @class) in batch)
        {
            double probability = Forward(x, y);
            loss += Loss(probability, @class);
            float error = (float)(probability - @class) / batch.Length;
            for (int h = 0; h < Hidden; h++)
            {
                _secondGradient[h] += error * _activations[h];
                float back = error * _second[h] * (1.0f - (_activations[h] * _activations[h]));
                _firstGradient[h * Inputs] += back * x;
                _firstGradient[(h * Inputs) + 1] += back * y;
                _firstGradient[(h * Inputs) + 2] += back;
            }

            _secondGradient[Hidden] += error;
        }

        return loss / batch.Length;
    }

    /// <summary>Makes a step against the gradients.</summary>
    public void Update(double learningRate)
    {
        Descend(_first, _firstGradient, (float)learningRate);
        Descend(_second, _secondGradient, (float)learningRate);
    }

    /// <summary>Returns the mean loss and the share of points that are told rightly.</summary>
    public (double Loss, double Accuracy) Evaluate((float X, float Y, int Class)[] points)
    {
        double loss = 0.0;
        int right = 0;
        foreach ((float x, float y, int @class) in points)
        {
            double probability = Forward(x, y);
            loss += Loss(probability, @class);
            right += (probability >= 0.5 ? 1 : 0) == @class ? 1 : 0;
        }

        return (loss / points.Length, (double)right / points.Length);
    }

    /// <summary>Writes the weights to a file.</summary>
    public void Save(string path)
    {
        using FileStream file = File.Create(path);
        file.Write(MemoryMarshal.AsBytes<float>(_first));
        file.Write(MemoryMarshal.AsBytes<float>(_second));
    }

    private static double Loss(double probability, int @class) => -Math.Log(Math.Max(1e-12, @class == 1 ? probability : 1.0 - probability));

    private static void Descend(float[] weights, float[] gradient, float learningRate)
    {
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] -= learningRate * gradient[i];
        }
    }

    private double Forward(float x, float y)
    {
        double sum = _second[Hidden];
        for (int h = 0; h < Hidden; h++)
        {
            _activations[h] = MathF.Tanh((_first[h * Inputs] * x) + (_first[(h * Inputs) + 1] * y) + _first[(h * Inputs) + 2]);
            sum += _second[h] * _activations[h];
        }

        return 1.0 / (1.0 + Math.Exp(-sum));
    }
}
