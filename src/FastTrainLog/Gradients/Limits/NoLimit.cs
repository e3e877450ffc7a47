namespace FastTrainLog.Gradients;

/// <summary>Never reduces a gradient.</summary>
public sealed record NoLimit : GradientLimit
{
    internal NoLimit()
    {
    }
}
