namespace FastTrainLog.Gradients;

/// <summary>The decision of a limit on one step.</summary>
/// <param name="Threshold">The limit in force, positive infinity for none.</param>
/// <param name="Scale">The factor for all gradients, 1 to leave them unchanged; the smallest of the layers' factors if <paramref name="ByLayer"/>.</param>
/// <param name="ClampAt">The magnitude to which elements are clamped, positive infinity for none.</param>
/// <param name="ByLayer">Whether each layer has its own factor, found in its statistics.</param>
internal readonly record struct LimitDecision(
    double Threshold, ScaleFactor Scale, double ClampAt = double.PositiveInfinity, bool ByLayer = false)
{
    public bool Exceeded => !Scale.IsOne || ClampAt != double.PositiveInfinity;

    public static LimitDecision None => new(double.PositiveInfinity, ScaleFactor.One);

    /// <summary>Limits a norm to a threshold.</summary>
    public static LimitDecision Hold(double norm, double threshold) => new(threshold, ScaleTo(norm, threshold));

    /// <summary>Returns the factor that reduces a norm to a threshold.</summary>
    public static ScaleFactor ScaleTo(double norm, double threshold)
        => norm > threshold ? ScaleFactor.Quotient(threshold, norm) : ScaleFactor.One;
}
