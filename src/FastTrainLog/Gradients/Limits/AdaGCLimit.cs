namespace FastTrainLog.Gradients;

/// <summary>Scales each layer separately if its norm exceeds a moving average of its own clipped norms by a factor.</summary>
/// <remarks>
/// Wang, Li, Chen, Zeng, Yang, Yu, Ma, Shen: "AdaGC: Enhancing LLM Pretraining Stability via Adaptive Gradient Clipping", 2025
/// (arXiv 2502.11034). During the warm-up the gradients are clipped together to a fixed norm and γ is each layer's smallest
/// clipped norm; afterwards a layer's norm is limited to relative · γ and γ becomes β γ + (1 − β) · the clipped norm. For a layer that
/// has had no gradient yet, γ is its first norm, in any step, and a step in which it has none, or only zeros, does not change
/// γ. The defaults are those of the authors' implementation. Use it for large language models whose loss spikes come from single layers.
/// A layer is identified by its index in the list and its name: a list with other names restarts the warm-up.
/// </remarks>
public sealed record AdaGCLimit : GradientLimit
{
    internal AdaGCLimit(double relative, double absolute, double smoothing, int warmupSteps)
    {
        if (!(relative >= 1.0 && double.IsFinite(relative)))
        {
            throw new ArgumentOutOfRangeException(
                nameof(relative), relative, "relative must be 1 or more and finite: below 1 every layer would shrink at every step.");
        }

        Relative = relative;
        Absolute = RequirePositive(absolute, nameof(absolute));
        Smoothing = RequireFraction(smoothing, nameof(smoothing));
        WarmupSteps = RequireWithin(warmupSteps, 1, int.MaxValue, nameof(warmupSteps));
    }

    /// <summary>Gets the maximum of a layer's norm relative to its own average, as a factor (λ_rel in the paper).</summary>
    public double Relative { get; }

    /// <summary>Gets the global L2 norm allowed during the warm-up (λ_abs in the paper).</summary>
    public double Absolute { get; }

    /// <summary>Gets the weight of past norms in each layer's average (β in the paper).</summary>
    public double Smoothing { get; }

    /// <summary>Gets the number of finite steps that are clipped globally before the layers' own averages apply.</summary>
    public int WarmupSteps { get; }
}
