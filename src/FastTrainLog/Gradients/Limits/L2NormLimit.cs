namespace FastTrainLog.Gradients;

/// <summary>
/// Scales all gradients by one factor if their L2 norm exceeds a fixed maximum, so that the direction of the step is preserved.
/// </summary>
/// <remarks>
/// Pascanu, Mikolov, Bengio: "On the difficulty of training recurrent neural networks", ICML 2013. The first choice for almost every
/// network; 1.0 is the usual maximum for transformers, 0.25 to 5 for recurrent networks.
/// </remarks>
public sealed record L2NormLimit : GradientLimit
{
    internal L2NormLimit(double maximum) => Maximum = RequirePositive(maximum, nameof(maximum));

    /// <summary>Gets the largest L2 norm allowed.</summary>
    public double Maximum { get; }
}
