namespace FastTrainLog.Gradients;

/// <summary>What a limit asks for at one step.</summary>
/// <param name="Threshold">The limit in force, positive infinity for none.</param>
/// <param name="Coefficient">The factor for all gradients, 1 to leave them; the smallest of the layers' factors when <paramref name="ByLayer"/>.</param>
/// <param name="ClampAt">The magnitude to which elements are clamped, positive infinity for none.</param>
/// <param name="ByLayer">Whether each layer has its own factor, found in its statistics.</param>
internal readonly record struct LimitDecision(
    double Threshold, double Coefficient, double ClampAt = double.PositiveInfinity, bool ByLayer = false)
{
    public bool Exceeded => Coefficient != 1.0 || ClampAt != double.PositiveInfinity;

    public static LimitDecision None => new(double.PositiveInfinity, 1.0);

    /// <summary>Holds a norm to a threshold.</summary>
    public static LimitDecision Hold(double norm, double threshold)
        => new(threshold, norm > threshold ? threshold / norm : 1.0);
}
