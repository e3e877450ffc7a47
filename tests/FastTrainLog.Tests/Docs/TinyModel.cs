using FastTrainLog.Gradients;

namespace FastTrainLog.Tests.Docs;

/// <summary>Something to train: one number that is to become 3.</summary>
internal sealed class TinyModel
{
    private readonly float[] _gradient = GC.AllocateArray<float>(1, pinned: true);
    private readonly GradientBuffer[] _gradients;

    public TinyModel() => _gradients = [GradientBuffer.FromPinnedArray("weight", _gradient)];

    public double Weight { get; private set; }

    public ReadOnlySpan<GradientBuffer> Gradients => _gradients;

    public double ForwardBackward()
    {
        double error = Weight - 3.0;
        _gradient[0] = (float)(2.0 * error);
        return error * error;
    }

    public void Update(double learningRate) => Weight -= learningRate * _gradient[0];
}
