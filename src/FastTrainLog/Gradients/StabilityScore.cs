namespace FastTrainLog.Gradients;

/// <summary>
/// The stability of the gradients over about the last hundred steps, 0 to 1: a step counts 0 if it contains a non-finite element,
/// 1 when its norm is at most twice the running mean of the norms, and twice that mean divided by its norm otherwise. The formula is in docs/gradients.md.
/// </summary>
internal struct StabilityScore
{
    public const int Horizon = 100;
    public const double Spike = 2.0;

    private long _steps;
    private long _finiteSteps;
    private double _meanNorm;
    private double _score;

    /// <summary>Gets or sets the state from which the next score is computed.</summary>
    public StabilityScoreState State
    {
        readonly get => new(_steps, _finiteSteps, _meanNorm, _score);
        set => (_steps, _finiteSteps, _meanNorm, _score) = (value.Steps, value.FiniteSteps, value.MeanNorm, value.Score);
    }

    public double Update(double norm, bool nonFinite)
    {
        double quality = 0.0;
        if (!nonFinite)
        {
            double calm = _finiteSteps == 0 ? double.PositiveInfinity : Spike * _meanNorm;
            quality = norm <= calm || calm == 0.0 ? 1.0 : calm / norm;

            // The norm is capped at the calm bound before it updates the mean, so that one spike does not hide the next.
            _meanNorm += Weight(++_finiteSteps) * ((calm == 0.0 ? norm : Math.Min(norm, calm)) - _meanNorm);
        }

        _score += Weight(++_steps) * (quality - _score);
        return _score;
    }

    // A plain mean over the first hundred steps, an exponential one with that horizon afterwards.
    private static double Weight(long n) => 1.0 / Math.Min(n, Horizon);
}
