using FastTrainLog.Series;

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

        return _count == 0 ? LimitDecision.None : LimitDecision.Hold(norm, Quantile.Of(_bySize.AsSpan(0, _count), limit.Percentile / 100.0));
    }

    public override LimitState Save()
    {
        var norms = new double[_count];
        for (int i = 0; i < _count; i++)
        {
            norms[i] = _byTime[(_oldest + _byTime.Length - _count + i) % _byTime.Length];
        }

        return new LimitState { Kind = LimitState.KindOf(limit), Seen = _count, Norms = norms };
    }

    public override void Load(LimitState state)
    {
        (_count, _oldest) = (0, 0);
        foreach (double norm in state.Norms!)
        {
            Add(norm);
        }
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
}
