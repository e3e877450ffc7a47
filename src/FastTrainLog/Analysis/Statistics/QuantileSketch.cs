namespace FastTrainLog.Analysis.Statistics;

/// <summary>Percentiles of a stream of values that are not negative, in bounded memory: each is at most 1 % off the value that stands at its rank.</summary>
/// <remarks>
/// DDSketch: Masson, Rim and Lee, "DDSketch: a fast and fully-mergeable quantile sketch with relative-error guarantees", VLDB 2019. Values
/// are counted in buckets that grow by the factor γ = (1 + α) / (1 - α), here from 1e-12 to 1e15; what is smaller counts as 0, what is larger as 1e15.
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

    public double Maximum { get; private set; } = double.NegativeInfinity;

    public double Sum => _sum;

    /// <summary>Takes a value in; one that is not finite is left out.</summary>
    public void Add(double value)
    {
        if (!double.IsFinite(value))
        {
            return;
        }

        Count++;
        _sum += value;
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

    /// <summary>Returns the value below which a share of all values lies.</summary>
    public double Quantile(double share)
    {
        if (Count == 0)
        {
            return double.NaN;
        }

        long rank = (long)(share * (Count - 1)) - _zeros;
        if (rank < 0)
        {
            return 0.0;
        }

        for (int i = 0; i < _buckets.Length; i++)
        {
            rank -= _buckets[i];
            if (rank < 0)
            {
                return Math.Min(Maximum, 2.0 * Math.Pow(Gamma, _first + i) / (Gamma + 1.0));
            }
        }

        return Maximum;
    }

    public Percentiles ToFigures() => new(Count, Mean, Quantile(0.5), Quantile(0.9), Quantile(0.99), Count == 0 ? double.NaN : Maximum);

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
