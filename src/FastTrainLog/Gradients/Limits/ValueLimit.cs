namespace FastTrainLog.Gradients;

/// <summary>Clamps each element separately to a fixed magnitude, which changes the direction of the step.</summary>
/// <remarks>
/// PyTorch's <c>clip_grad_value_</c>. Use it if a published recipe requires it, as in early recurrent and reinforcement-learning
/// work; a norm limit is the better default.
/// </remarks>
public sealed record ValueLimit : GradientLimit
{
    internal ValueLimit(double maximum) => Maximum = RequirePositive(maximum, nameof(maximum));

    /// <summary>Gets the magnitude to which elements are clamped.</summary>
    public double Maximum { get; }
}
