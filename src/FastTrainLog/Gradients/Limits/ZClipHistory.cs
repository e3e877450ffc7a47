namespace FastTrainLog.Gradients;

/// <summary>The moving mean and variance of the norms.</summary>
internal sealed class ZClipHistory(ZClipLimit limit) : LimitHistory
{
    // The paper adds a small constant to the deviation so that a constant history causes no division by zero; a constant relative to the mean
    // works for gradients of any magnitude.
    private const double RelativeFloor = 1e-6;

    private long _seen;
    private double _mean;
    private double _variance;
    private double _warmupSquares;

    public override LimitDecision Decide(double norm, double absoluteMaximum, Span<LayerStatistics> layers, bool remember)
    {
        double threshold = Math.Min(limit.Maximum, _seen < limit.WarmupSteps ? double.PositiveInfinity : Outlier(norm));
        if (remember)
        {
            Remember(Math.Min(norm, threshold));
        }

        return LimitDecision.Hold(norm, threshold);
    }

    public override LimitState Save()
        => new() { Kind = LimitState.KindOf(limit), Seen = _seen, Mean = _mean, Variance = _variance, WarmupSquares = _warmupSquares };

    public override void Load(LimitState state)
        => (_seen, _mean, _variance, _warmupSquares) = (state.Seen, state.Mean!.Value, state.Variance!.Value, state.WarmupSquares!.Value);

    private double Outlier(double norm)
    {
        double deviation = Math.Sqrt(_variance) + (RelativeFloor * _mean);
        double z = deviation > 0.0 ? (norm - _mean) / deviation : 0.0;
        return z > limit.ZThreshold
            ? _mean + (limit.ZThreshold * limit.ZThreshold / z * deviation)
            : double.PositiveInfinity;
    }

    private void Remember(double norm)
    {
        _seen++;
        if (_seen <= limit.WarmupSteps)
        {
            // Welford's update: the mean and the variance (over n) of the norms so far.
            double delta = norm - _mean;
            _mean += delta / _seen;
            _warmupSquares = Finite(_warmupSquares + (delta * (norm - _mean)));
            _variance = _warmupSquares / _seen;
            return;
        }

        _mean = (limit.Smoothing * _mean) + ((1.0 - limit.Smoothing) * norm);
        double distance = norm - _mean;
        _variance = Finite((limit.Smoothing * _variance) + ((1.0 - limit.Smoothing) * distance * distance));
    }

    // An infinite variance would remain infinite, and every z would be zero.
    private static double Finite(double squares) => Math.Min(squares, double.MaxValue);
}
