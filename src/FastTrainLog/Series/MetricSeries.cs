namespace FastTrainLog.Series;

/// <summary>A series of any length in bounded memory: minima, maxima, means, and the points that are not finite.</summary>
/// <remarks>
/// Buckets of equally many points. When there are <see cref="MostBuckets"/> of them, adjacent ones are merged in pairs and from then on a bucket
/// takes twice as many points: a hundred million points are 256 to 512 buckets, some 40 KiB. One thread at a time uses it.
/// </remarks>
public sealed class MetricSeries
{
    /// <summary>The most buckets that a series has.</summary>
    public const int MostBuckets = 512;

    /// <summary>The most points that are not finite and are kept one by one.</summary>
    public const int MostNonFinite = 1024;

    private readonly List<NonFinitePoint> _nonFinite = [];
    private SeriesBucket[] _buckets = new SeriesBucket[16];
    private int _count;
    private long _stride = 1;
    private long _points;
    private long _nonFiniteLeftOut;

    /// <summary>Gets the buckets, valid until the next point is added.</summary>
    internal ReadOnlySpan<SeriesBucket> Buckets => _buckets.AsSpan(0, _count);

    /// <summary>Gets or sets the state of the series, for storing it elsewhere.</summary>
    internal MetricSeriesState State
    {
        get => new(Buckets.ToArray(), [.. _nonFinite], _stride, _points, _nonFiniteLeftOut);
        set
        {
            _buckets = [.. value.Buckets, .. new SeriesBucket[16]];
            _count = value.Buckets.Length;
            _nonFinite.Clear();
            _nonFinite.AddRange(value.NonFinite);
            (_stride, _points, _nonFiniteLeftOut) = (value.Stride, value.Points, value.NonFiniteLeftOut);
        }
    }

    /// <summary>Adds a point.</summary>
    /// <param name="step">The step, or another position of the series.</param>
    /// <param name="value">The value.</param>
    public void Add(long step, double value)
    {
        _points++;
        if (!double.IsFinite(value))
        {
            AddNonFinite(step, value);
        }

        if (_count > 0 && _buckets[_count - 1].Points < _stride)
        {
            ref SeriesBucket last = ref _buckets[_count - 1];
            last = last.With(step, value);
            return;
        }

        if (_count == MostBuckets)
        {
            Halve();
        }
        else if (_count == _buckets.Length)
        {
            Array.Resize(ref _buckets, _count * 2);
        }

        _buckets[_count++] = SeriesBucket.Of(step, value);
    }

    /// <summary>Removes the points from a step on, in complete buckets: the bucket that contains the step stays with all its points.</summary>
    internal void CutFrom(long step)
    {
        while (_count > 0 && _buckets[_count - 1].FirstStep >= step)
        {
            _points -= _buckets[--_count].Points;
        }

        _nonFinite.RemoveAll(point => point.Step >= step);
    }

    /// <summary>Copies the series as it is now.</summary>
    /// <returns>The copy.</returns>
    public SeriesSnapshot Snapshot() => new()
    {
        Points = _points,
        Buckets = Buckets.ToArray(),
        NonFinite = _nonFinite.ToArray(),
        NonFiniteLeftOut = _nonFiniteLeftOut,
    };

    private void AddNonFinite(long step, double value)
    {
        if (_nonFinite.Count < MostNonFinite)
        {
            _nonFinite.Add(new NonFinitePoint(step, value));
        }
        else
        {
            _nonFiniteLeftOut++;
        }
    }

    private void Halve()
    {
        for (int i = 0; i < MostBuckets / 2; i++)
        {
            _buckets[i] = _buckets[2 * i].Join(_buckets[(2 * i) + 1]);
        }

        _count = MostBuckets / 2;
        _stride *= 2;
    }
}
