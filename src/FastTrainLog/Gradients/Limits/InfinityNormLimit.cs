namespace FastTrainLog.Gradients;

/// <summary>Scales all gradients by one factor if the largest magnitude of any element exceeds a fixed maximum.</summary>
/// <remarks>
/// PyTorch's <c>clip_grad_norm_</c> with <c>norm_type=inf</c>. Use it if a single exploding element, not the size of the model, determines
/// whether a step is safe: the limit keeps its meaning when layers are added.
/// </remarks>
public sealed record InfinityNormLimit : GradientLimit
{
    internal InfinityNormLimit(double maximum) => Maximum = RequirePositive(maximum, nameof(maximum));

    /// <summary>Gets the largest magnitude allowed.</summary>
    public double Maximum { get; }
}
