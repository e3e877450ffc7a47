namespace FastTrainLog.Analysis.Statistics;

/// <summary>A series of any length in at most <see cref="MostPoints"/> points: when they are used up each two neighbours become one.</summary>
/// <remarks>A point keeps the minimum, the maximum, the mean and the number of values that were not finite, so that no spike is lost.</remarks>
internal sealed class SampledSeries
{
    public const int MostPoints = 512;

    private readonly List<SeriesPoint> _points = [];
    private long _width = 1;
    private long _inLast;
    private long _lastFinite;

    public IReadOnlyList<SeriesPoint> Points => _points;

    public void Add(long position, double value)
    {
        if (_points.Count == 0 || _inLast >= _width)
        {
            if (_points.Count == MostPoints)
            {
                Halve();
            }

            _inLast = 1;
            _lastFinite = double.IsFinite(value) ? 1 : 0;
            _points.Add(double.IsFinite(value)
                ? new SeriesPoint(position, value, value, value, 0)
                : new SeriesPoint(position, double.NaN, double.NaN, double.NaN, 1));
            return;
        }

        _inLast++;
        SeriesPoint last = _points[^1];
        if (!double.IsFinite(value))
        {
            _points[^1] = last with { NonFinite = last.NonFinite + 1 };
            return;
        }

        _lastFinite++;
        _points[^1] = _lastFinite == 1
            ? last with { Minimum = value, Mean = value, Maximum = value }
            : last with { Minimum = Math.Min(last.Minimum, value), Mean = last.Mean + ((value - last.Mean) / _lastFinite), Maximum = Math.Max(last.Maximum, value) };
    }

    /// <summary>Returns by how much the value changes from one position to the next, over the last part of the series.</summary>
    /// <param name="share">How large that part is.</param>
    /// <returns>The slope of the line of least squares, NaN where there are fewer than three points.</returns>
    public double Slope(double share)
    {
        IEnumerable<SeriesPoint> part = _points.Skip((int)(_points.Count * (1.0 - share))).Where(point => !double.IsNaN(point.Mean));
        List<SeriesPoint> points = [.. part];
        if (points.Count < 3)
        {
            return double.NaN;
        }

        double meanX = points.Average(point => (double)point.Position);
        double meanY = points.Average(point => point.Mean);
        double covariance = points.Sum(point => (point.Position - meanX) * (point.Mean - meanY));
        double variance = points.Sum(point => (point.Position - meanX) * (point.Position - meanX));
        return variance > 0.0 ? covariance / variance : double.NaN;
    }

    /// <summary>Returns how the last quarter's mean stands to the first quarter's, as a share: 0.1 for a tenth more.</summary>
    public double Change()
    {
        int quarter = _points.Count / 4;
        double first = MeanOf(_points.Take(quarter));
        return (MeanOf(_points.TakeLast(quarter)) - first) / Math.Abs(first);
    }

    private static double MeanOf(IEnumerable<SeriesPoint> points) =>
        points.Select(point => point.Mean).Where(mean => !double.IsNaN(mean)).DefaultIfEmpty(double.NaN).Average();

    private void Halve()
    {
        for (int i = 0; i < MostPoints / 2; i++)
        {
            _points[i] = Join(_points[2 * i], _points[(2 * i) + 1]);
        }

        _points.RemoveRange(MostPoints / 2, MostPoints / 2);
        _width *= 2;
    }

    private SeriesPoint Join(in SeriesPoint left, in SeriesPoint right)
    {
        double finiteLeft = double.IsNaN(left.Mean) ? 0 : _width - left.NonFinite;
        double finiteRight = double.IsNaN(right.Mean) ? 0 : _width - right.NonFinite;
        SeriesPoint known = finiteLeft > 0 ? left : right;
        double mean = finiteLeft > 0 && finiteRight > 0
            ? ((left.Mean * finiteLeft) + (right.Mean * finiteRight)) / (finiteLeft + finiteRight)
            : known.Mean;
        return new SeriesPoint(
            left.Position,
            finiteRight > 0 ? Math.Min(known.Minimum, right.Minimum) : known.Minimum,
            mean,
            finiteRight > 0 ? Math.Max(known.Maximum, right.Maximum) : known.Maximum,
            left.NonFinite + right.NonFinite);
    }
}
