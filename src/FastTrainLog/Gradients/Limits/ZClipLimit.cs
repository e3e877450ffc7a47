namespace FastTrainLog.Gradients;

/// <summary>Reduces a gradient norm that is a statistical outlier relative to moving averages of its own mean and variance.</summary>
/// <remarks>
/// Kumar, Owen, Chowdhury, Güra: "ZClip: Adaptive Spike Mitigation for LLM Pre-Training", 2025 (arXiv 2504.02507). With mean μ and
/// standard deviation σ of the past norms and z = (n − μ) / σ, a norm n with z above the threshold t is reduced to μ + t²/z · σ: the
/// further out, the closer to the mean. The averages are updated with the reduced norm. During the warm-up only the fixed maximum
/// applies, and mean and variance are those of the norms so far. Use it for long runs with rare spikes, instead of a fixed maximum that
/// would be too tight early and too loose late.
/// </remarks>
public sealed record ZClipLimit : GradientLimit
{
    /// <summary>The longest warm-up that can be set, in steps.</summary>
    public const int MaximumWarmupSteps = 4096;

    internal ZClipLimit(double zThreshold, double smoothing, int warmupSteps, double maximum)
    {
        ZThreshold = RequirePositive(zThreshold, nameof(zThreshold));
        Smoothing = RequireFraction(smoothing, nameof(smoothing));
        WarmupSteps = RequireWithin(warmupSteps, 2, MaximumWarmupSteps, nameof(warmupSteps));
        Maximum = double.IsPositiveInfinity(maximum) ? maximum : RequirePositive(maximum, nameof(maximum));
    }

    /// <summary>Gets the maximum of a norm in standard deviations above the mean.</summary>
    public double ZThreshold { get; }

    /// <summary>Gets the weight of past norms in the moving averages, α in the paper.</summary>
    public double Smoothing { get; }

    /// <summary>Gets the number of finite steps observed before the rule applies.</summary>
    public int WarmupSteps { get; }

    /// <summary>Gets the fixed maximum of the L2 norm that also applies, positive infinity for none.</summary>
    public double Maximum { get; }
}
