using FastTrainLog.Gradients;

namespace FastTrainLog.Tests.Docs;

/// <summary>Something to train: one number that is to become 3.</summary>
// #model
internal sealed class TinyModel
{
    private readonly float[] _gradient = new float[1];

    public TinyModel() => Gradients = [GradientBuffer.Of("weight", _gradient)];

    public GradientBuffer[] Gradients { get; }

    public double Weight { get; private set; }

    public double ForwardBackward()
    {
        double error = Weight - 3.0;
        _gradient[0] = (float)(2.0 * error);
        return error * error;
    }

    public void Update(double learningRate) => Weight -= learningRate * _gradient[0];
}
// #
