using FastTrainLog.Series;
using FastTrainLog.State;

namespace FastTrainLog.Analysis.Statistics;

/// <summary>Percentiles of a stream of non-negative values in bounded memory: each differs by at most 1 % from the value at its rank.</summary>
/// <remarks>
/// DDSketch: Masson, Rim and Lee, "DDSketch: a fast and fully-mergeable quantile sketch with relative-error guarantees", VLDB 2019. Values
/// are counted in buckets that grow by the factor γ = (1 + α) / (1 - α), here from 1e-12 to 1e15; smaller values count as 0, larger ones as 1e15.
/// </remarks>
internal sealed class QuantileSketch
{
    /// <summary>The relative error α.</summary>
    public const double RelativeError = 0.01;

    private const double Smallest = 1e-12;
    private const double Largest = 1e15;

    private static readonly double Gamma = (1.0 + RelativeError) / (1.0 - RelativeError);
    private static readonly double PerLog = 1.0 / Math.Log(Gamma);

    private long[] _buckets = [];
    private int _first;
    private long _zeros;
    private double _sum;

    public long Count { get; private set; }

    public double Mean => Count == 0 ? double.NaN : _sum / Count;

    public double Minimum { get; private set; } = double.PositiveInfinity;

    public double Maximum { get; private set; } = double.NegativeInfinity;

    public double Sum => _sum;

    /// <summary>Adds a value; a non-finite one is ignored.</summary>
    public void Add(double value)
    {
        if (!double.IsFinite(value))
        {
            return;
        }

        Count++;
        _sum += value;
        Minimum = Math.Min(Minimum, value);
        Maximum = Math.Max(Maximum, value);
        if (value < Smallest)
        {
            _zeros++;
            return;
        }

        int index = (int)Math.Ceiling(Math.Log(Math.Min(value, Largest)) * PerLog);
        if (index < _first || index >= _first + _buckets.Length)
        {
            Cover(index);
        }

        _buckets[index - _first]++;
    }

    /// <summary>Returns the value below which a share of all values is, as defined by <see cref="Quantile"/>.</summary>
    public double QuantileAt(double share)
    {
        if (Count == 0)
        {
            return double.NaN;
        }

        (long below, long above, double part) = Quantile.Ranks(Count, share);
        return Quantile.Between(AtRank(below), AtRank(above), part);
    }

    public Percentiles ToFigures() => new(Count, Mean, QuantileAt(0.5), QuantileAt(0.9), QuantileAt(0.99), Count == 0 ? double.NaN : Maximum);

    // Minimum and maximum are known exactly.
    private double AtRank(long rank)
    {
        if (rank == 0 || rank == Count - 1)
        {
            return rank == 0 ? Minimum : Maximum;
        }

        rank -= _zeros;
        if (rank < 0)
        {
            return 0.0;
        }

        for (int i = 0; i < _buckets.Length; i++)
        {
            rank -= _buckets[i];
            if (rank < 0)
            {
                return Math.Clamp(2.0 * Math.Pow(Gamma, _first + i) / (Gamma + 1.0), Minimum, Maximum);
            }
        }

        return Maximum;
    }

    public void Carry(StateCodec codec)
    {
        codec.Values(ref _buckets);
        codec.Value(ref _first);
        codec.Value(ref _zeros);
        codec.Value(ref _sum);
        Count = codec.Value(Count);
        Minimum = codec.Value(Minimum);
        Maximum = codec.Value(Maximum);
    }

    private void Cover(int index)
    {
        const int Margin = 64;
        int first = _buckets.Length == 0 ? index - Margin : Math.Min(_first, index - Margin);
        int end = _buckets.Length == 0 ? index + Margin : Math.Max(_first + _buckets.Length, index + Margin);
        var larger = new long[end - first];
        _buckets.CopyTo(larger, _first - (_buckets.Length == 0 ? _first : first));
        _buckets = larger;
        _first = first;
    }
}
