using FastTrainLog.Gradients;

namespace DigitsTraining.Network;

/// <summary>One trainable array of the network, its gradient, and Adam's two moments of that gradient.</summary>
internal sealed class Parameter
{
    public Parameter(string name, int length)
    {
        Name = name;
        Values = new float[length];
        // The clipper reads and scales the gradient where it lies, so the garbage collector must leave it there.
        Gradient = GC.AllocateArray<float>(length, pinned: true);
        FirstMoment = new float[length];
        SecondMoment = new float[length];
    }

    public string Name { get; }

    public float[] Values { get; }

    public float[] Gradient { get; }

    public float[] FirstMoment { get; }

    public float[] SecondMoment { get; }

    public GradientBuffer GradientBuffer => GradientBuffer.FromPinnedArray(Name, Gradient);
}
