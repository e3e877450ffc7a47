namespace FastTrainLog.Gradients;

/// <summary>Each layer's moving average of its own clipped norms.</summary>
internal sealed class AdaGCHistory(AdaGCLimit limit) : LimitHistory
{
    private string[] _names = [];
    private double[] _averages = [];
    private long _seen;

    public override LimitDecision Decide(double norm, double absoluteMaximum, Span<LayerStatistics> layers, bool remember)
    {
        Know(layers);
        LimitDecision decision = _seen < limit.WarmupSteps ? WarmUp(norm, layers, remember) : ByLayer(layers, remember);
        if (remember)
        {
            _seen++;
        }

        return decision;
    }

    private LimitDecision WarmUp(double norm, Span<LayerStatistics> layers, bool remember)
    {
        LimitDecision decision = LimitDecision.Hold(norm, limit.Absolute);
        for (int i = 0; remember && i < layers.Length; i++)
        {
            double clipped = layers[i].Norm * decision.Coefficient;
            Remember(i, clipped, Math.Min(_averages[i], clipped));
        }

        return decision;
    }

    private LimitDecision ByLayer(Span<LayerStatistics> layers, bool remember)
    {
        double smallest = 1.0;
        for (int i = 0; i < layers.Length; i++)
        {
            double norm = layers[i].Norm;

            double average = _averages[i];
            double threshold = limit.Relative * average;
            double coefficient = threshold > 0.0 && norm > threshold ? threshold / norm : 1.0;
            layers[i] = layers[i] with { Coefficient = coefficient };
            smallest = Math.Min(smallest, coefficient);
            if (remember)
            {
                double clipped = norm * coefficient;
                Remember(i, clipped, (limit.Smoothing * average) + ((1.0 - limit.Smoothing) * clipped));
            }
        }

        return new LimitDecision(double.PositiveInfinity, smallest, ByLayer: true);
    }

    // A layer whose average is zero has had no gradient yet: its first one is not held to anything and becomes its average. A step in which it
    // has none, be it empty or all zeros, says nothing of how large its next one may be.
    private void Remember(int layer, double clipped, double average)
    {
        if (clipped != 0.0)
        {
            _averages[layer] = _averages[layer] == 0.0 ? clipped : average;
        }
    }

    private void Know(Span<LayerStatistics> layers)
    {
        bool same = layers.Length == _names.Length;
        for (int i = 0; same && i < layers.Length; i++)
        {
            same = ReferenceEquals(_names[i], layers[i].Name) || _names[i] == layers[i].Name;
        }

        if (same)
        {
            return;
        }

        _names = new string[layers.Length];
        _averages = new double[layers.Length];
        _seen = 0;
        for (int i = 0; i < layers.Length; i++)
        {
            _names[i] = layers[i].Name;
        }
    }
}
