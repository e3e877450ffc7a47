namespace FastTrainLog.Gradients;

/// <summary>The last norms, in order of time and in order of size.</summary>
internal sealed class AutoClipHistory(AutoClipLimit limit) : LimitHistory
{
    private readonly double[] _byTime = new double[limit.History];
    private readonly double[] _bySize = new double[limit.History];
    private int _count;
    private int _oldest;

    public override LimitDecision Decide(double norm, double absoluteMaximum, Span<LayerStatistics> layers, bool remember)
    {
        if (remember)
        {
            Add(norm);
        }

        return _count == 0 ? LimitDecision.None : LimitDecision.Hold(norm, Percentile());
    }

    private void Add(double norm)
    {
        if (_count == _byTime.Length)
        {
            int leaving = _bySize.AsSpan(0, _count).BinarySearch(_byTime[_oldest]);
            _bySize.AsSpan(leaving + 1, _count - leaving - 1).CopyTo(_bySize.AsSpan(leaving));
            _count--;
        }

        int place = _bySize.AsSpan(0, _count).BinarySearch(norm);
        place = place < 0 ? ~place : place;
        _bySize.AsSpan(place, _count - place).CopyTo(_bySize.AsSpan(place + 1));
        _bySize[place] = norm;
        _byTime[_oldest] = norm;
        _oldest = (_oldest + 1) % _byTime.Length;
        _count++;
    }

    private double Percentile()
    {
        double rank = limit.Percentile / 100.0 * (_count - 1);
        int below = (int)rank;
        int above = Math.Min(below + 1, _count - 1);
        return _bySize[below] + ((rank - below) * (_bySize[above] - _bySize[below]));
    }
}
