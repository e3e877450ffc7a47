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

    public override LimitState Save()
        => new() { Kind = LimitState.KindOf(limit), Seen = _seen, Layers = [.. _names], Averages = [.. _averages] };

    public override void Load(LimitState state)
        => (_seen, _names, _averages) = (state.Seen, [.. state.Layers!], [.. state.Averages!]);

    private LimitDecision WarmUp(double norm, Span<LayerStatistics> layers, bool remember)
    {
        LimitDecision decision = LimitDecision.Hold(norm, limit.Absolute);
        for (int i = 0; remember && i < layers.Length; i++)
        {
            double clipped = decision.Scale.Times(layers[i].Norm);
            Remember(i, clipped, Math.Min(_averages[i], clipped));
        }

        return decision;
    }

    private LimitDecision ByLayer(Span<LayerStatistics> layers, bool remember)
    {
        ScaleFactor smallest = ScaleFactor.One;
        for (int i = 0; i < layers.Length; i++)
        {
            double norm = layers[i].Norm;

            double average = _averages[i];
            double threshold = limit.Relative * average;
            ScaleFactor scale = threshold > 0.0 ? LimitDecision.ScaleTo(norm, threshold) : ScaleFactor.One;
            layers[i] = layers[i].ScaledBy(scale);
            smallest = scale.Nearest < smallest.Nearest ? scale : smallest;
            if (remember)
            {
                double clipped = scale.Times(norm);
                Remember(i, clipped, (limit.Smoothing * average) + ((1.0 - limit.Smoothing) * clipped));
            }
        }

        return new LimitDecision(double.PositiveInfinity, smallest, ByLayer: true);
    }

    // A layer whose average is zero has had no gradient yet: its first one is not limited and becomes its average. A step in which it
    // has none, because it is empty or all zeros, gives no information about the size of the next one.
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
