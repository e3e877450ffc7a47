namespace FastTrainLog.Gradients;

/// <summary>Scales each layer on its own when its norm exceeds a moving average of its own clipped norms by a factor.</summary>
/// <remarks>
/// Wang, Li, Chen, Zeng, Yang, Yu, Ma, Shen: "AdaGC: Enhancing LLM Pretraining Stability via Adaptive Gradient Clipping", 2025
/// (arXiv 2502.11034). During the warm-up the gradients are clipped together to a fixed norm and each layer remembers the smallest
/// clipped norm γ it had; afterwards a layer's norm is held to relative · γ and γ becomes β γ + (1 − β) · the clipped norm. A layer that
/// has had no gradient yet takes its first norm for γ, whenever it comes, and a step in which it has none, or zeros alone, leaves γ as it
/// is. The defaults are those of the authors' implementation. Use it for large language models whose loss spikes come from single layers.
/// A layer is known by its place in the list and its name: a list of other names starts the warm-up again.
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

    /// <summary>Gets how far above its own average a layer's norm may lie, as a factor (λ_rel in the paper).</summary>
    public double Relative { get; }

    /// <summary>Gets the global L2 norm allowed during the warm-up (λ_abs in the paper).</summary>
    public double Absolute { get; }

    /// <summary>Gets the weight of the past in each layer's average (β in the paper).</summary>
    public double Smoothing { get; }

    /// <summary>Gets how many finite steps are clipped globally before the layers' own averages act.</summary>
    public int WarmupSteps { get; }
}
