namespace FastTrainLog.Gradients;

/// <summary>Reduces a gradient norm that is a statistical outlier against moving averages of its own mean and variance.</summary>
/// <remarks>
/// Kumar, Owen, Chowdhury, Güra: "ZClip: Adaptive Spike Mitigation for LLM Pre-Training", 2025 (arXiv 2504.02507). With mean μ and
/// standard deviation σ of the past norms and z = (n − μ) / σ, a norm n with z above the threshold t is reduced to μ + t²/z · σ: the
/// further out, the closer to the mean. The averages then take in the reduced norm. During the warm-up nothing but the fixed maximum
/// holds and mean and variance are those of the norms seen. Use it for long runs with rare spikes, in place of a fixed maximum that
/// would be too tight early and too loose late.
/// </remarks>
public sealed record ZClipLimit : GradientLimit
{
    /// <summary>The longest warm-up that can be asked for, in steps.</summary>
    public const int MaximumWarmupSteps = 4096;

    internal ZClipLimit(double zThreshold, double smoothing, int warmupSteps, double maximum)
    {
        ZThreshold = RequirePositive(zThreshold, nameof(zThreshold));
        Smoothing = RequireFraction(smoothing, nameof(smoothing));
        WarmupSteps = RequireWithin(warmupSteps, 2, MaximumWarmupSteps, nameof(warmupSteps));
        Maximum = double.IsPositiveInfinity(maximum) ? maximum : RequirePositive(maximum, nameof(maximum));
    }

    /// <summary>Gets how many standard deviations above the mean a norm may lie.</summary>
    public double ZThreshold { get; }

    /// <summary>Gets the weight of the past in the moving averages, α in the paper.</summary>
    public double Smoothing { get; }

    /// <summary>Gets how many finite steps are observed before the rule acts.</summary>
    public int WarmupSteps { get; }

    /// <summary>Gets the fixed L2 norm that holds as well, positive infinity for none.</summary>
    public double Maximum { get; }
}
