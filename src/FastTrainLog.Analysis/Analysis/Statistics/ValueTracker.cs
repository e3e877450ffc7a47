using FastTrainLog.Series;
using FastTrainLog.State;

namespace FastTrainLog.Analysis.Statistics;

/// <summary>The first, last, minimum and maximum of a stream of values, and its series.</summary>
internal sealed class ValueTracker
{
    private double _first = double.NaN;
    private double _last = double.NaN;
    private double _minimum = double.PositiveInfinity;
    private double _maximum = double.NegativeInfinity;
    private double _sum;
    private long _minimumStep;
    private long _maximumStep;
    private long _count;
    private long _nonFinite;

    public MetricSeries Series { get; } = new();

    public long Count => _count;

    public double Last => _last;

    public void Add(long step, double value)
    {
        _last = value;
        Series.Add(step, value);
        if (_count++ == 0)
        {
            _first = value;
        }

        if (!double.IsFinite(value))
        {
            _nonFinite++;
            return;
        }

        _sum += value;
        if (value < _minimum)
        {
            (_minimum, _minimumStep) = (value, step);
        }

        if (value > _maximum)
        {
            (_maximum, _maximumStep) = (value, step);
        }
    }

    public ValueFigures? ToFigures() => _count == 0 ? null : _count == _nonFinite
        ? new ValueFigures(_count, _first, _last, null, null, null, null, null, _nonFinite, Series.ToPoints())
        : new ValueFigures(_count, _first, _last, _minimum, _minimumStep, _maximum, _maximumStep, _sum / (_count - _nonFinite), _nonFinite, Series.ToPoints());

    public void Carry(StateCodec codec)
    {
        codec.Value(ref _first);
        codec.Value(ref _last);
        codec.Value(ref _minimum);
        codec.Value(ref _maximum);
        codec.Value(ref _sum);
        codec.Value(ref _minimumStep);
        codec.Value(ref _maximumStep);
        codec.Value(ref _count);
        codec.Value(ref _nonFinite);
        Series.Carry(codec);
    }
}
