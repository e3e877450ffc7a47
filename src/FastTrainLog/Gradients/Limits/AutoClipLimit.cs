namespace FastTrainLog.Gradients;

/// <summary>Limits the L2 norm to a percentile of the gradient norms so far, including this step's.</summary>
/// <remarks>
/// Seetharaman, Wichern, Pardo, Le Roux: "AutoClip: Adaptive Gradient Clipping for Source Separation Networks", MLSP 2020
/// (arXiv 2007.14469). Use it when a good fixed maximum is not known: a low percentile clips most steps and acts like a normalised
/// step size, 90 and above only reduces outliers. The percentile interpolates linearly between ranks, as in NumPy. Here the history
/// is a window of bounded length, so that it fits on a device; steps with a non-finite element are not added.
/// </remarks>
public sealed record AutoClipLimit : GradientLimit
{
    /// <summary>The longest history that can be set, in steps.</summary>
    public const int MaximumHistory = 4096;

    internal AutoClipLimit(double percentile, int history)
    {
        if (!(percentile >= 0.0 && percentile <= 100.0))
        {
            throw new ArgumentOutOfRangeException(nameof(percentile), percentile, "percentile must be between 0 and 100.");
        }

        Percentile = percentile;
        History = RequireWithin(history, 2, MaximumHistory, nameof(history));
    }

    /// <summary>Gets the percentile of past norms that becomes the limit, 0 to 100.</summary>
    public double Percentile { get; }

    /// <summary>Gets the number of norms kept.</summary>
    public int History { get; }
}
