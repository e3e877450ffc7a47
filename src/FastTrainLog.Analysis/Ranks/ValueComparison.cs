using FastTrainLog.Analysis;
using FastTrainLog.Indexing;

namespace FastTrainLog.Ranks;

/// <summary>Finds the steps at which a rank's values differ from those of the others beyond rounding.</summary>
/// <remarks>
/// Ranges whose summaries are equal in all ranks are not examined further, so a run without differences costs little. If the ranks
/// differ everywhere, within rounding, only the first steps are compared one by one, and the others by their summaries.
/// </remarks>
internal sealed class ValueComparison
{
    /// <summary>The maximum relative difference between ranks that computed the same value.</summary>
    public const double Rounding = 1e-4;

    // Summaries of equal values are equal except for rounding that depends on the order in which their means were computed.
    private const double Same = 1e-9;
    private const int Parts = 16;
    private const int PointsOfLeaf = 256;
    private const long MostPoints = 4_000_000;

    private readonly RankSeries _series;
    private readonly Dictionary<long, Difference> _differences = [];
    private long _points;
    private long _compared;
    private long _withoutMajority;

    public ValueComparison(RankSeries series)
    {
        _series = series;
        if (series.Ranks.Count > 1)
        {
            Compare(0, series.Count);
        }
    }

    /// <summary>Gets whether each rank logs its own values, such as the loss of its part of the batch: then most ranks differ at most steps.</summary>
    public bool AreOwn => 2 * _withoutMajority > _compared;

    public IEnumerable<RankDisagreement> Disagreements(string name) => AreOwn ? [] : _differences.OrderBy(pair => pair.Key)
        .Select(pair => new RankDisagreement(pair.Key, name, pair.Value.FirstStep, pair.Value.Steps, _compared, pair.Value.Largest));

    private void Compare(long begin, long end)
    {
        (long first, long last) = _series.StepsOf(begin, end);
        IndexedBucket?[] summaries = [.. _series.Ranks.Select(rank => rank.Series.Summary(first, last))];
        IndexedBucket[] known = [.. summaries.OfType<IndexedBucket>()];
        if (known.Length < 2)
        {
            return;
        }

        if (known.All(summary => AreAlike(summary, known[0], Same)))
        {
            _compared += known[0].Count;
        }
        else if (end - begin <= PointsOfLeaf || first == last)
        {
            CompareSteps(first, last, summaries);
        }
        else
        {
            for (int i = 0; i < Parts; i++)
            {
                long from = begin + ((end - begin) * i / Parts);
                long to = begin + ((end - begin) * (i + 1) / Parts);
                if (from < to)
                {
                    Compare(from, to);
                }
            }
        }
    }

    private void CompareSteps(long first, long last, IndexedBucket?[] summaries)
    {
        if (_points > MostPoints)
        {
            CompareStretch(first, summaries);
            return;
        }

        (long Step, double Value)[][] points = [.. _series.Ranks.Select(rank => rank.Series.Points(first, last).ToArray())];
        int[] next = new int[points.Length];
        double[] values = new double[points.Length];
        bool[] has = new bool[points.Length];
        while (true)
        {
            long step = long.MaxValue;
            bool isAny = false;
            for (int i = 0; i < points.Length; i++)
            {
                if (next[i] < points[i].Length)
                {
                    step = Math.Min(step, points[i][next[i]].Step);
                    isAny = true;
                }
            }

            if (!isAny)
            {
                return;
            }

            for (int i = 0; i < points.Length; i++)
            {
                // If a step has several records, the last one is used.
                has[i] = false;
                for (; next[i] < points[i].Length && points[i][next[i]].Step == step; next[i]++)
                {
                    (has[i], values[i]) = (true, points[i][next[i]].Value);
                    _points++;
                }
            }

            CompareStep(step, values, has);
        }
    }

    // One value represents a whole range: its mean, or NaN if a value is not finite.
    private void CompareStretch(long first, IndexedBucket?[] summaries)
    {
        double[] values = [.. summaries.Select(summary => summary is { NonFiniteCount: 0 } finite ? finite.Mean : double.NaN)];
        CompareStep(first, values, [.. summaries.Select(summary => summary is not null)]);
    }

    private void CompareStep(long step, double[] values, bool[] has)
    {
        double[] known = [.. values.Where((_, i) => has[i])];
        if (known.Length < 2)
        {
            return;
        }

        _compared++;
        double reference = ReferenceOf(known);
        int agreeing = known.Count(value => Agrees(value, reference, Rounding));
        if (agreeing == known.Length)
        {
            return;
        }

        if (2 * agreeing <= known.Length)
        {
            _withoutMajority++;
        }

        for (int i = 0; i < values.Length; i++)
        {
            if (has[i] && !Agrees(values[i], reference, Rounding))
            {
                Note(_series.Ranks[i].Rank, step, Math.Abs(values[i] - reference) / Math.Abs(reference));
            }
        }
    }

    // The upper median, which is the value of a rank; for two ranks, that of the lower one.
    private static double ReferenceOf(double[] values)
    {
        if (values.Length == 2)
        {
            return values[0];
        }

        double[] sorted = [.. values];
        Array.Sort(sorted);
        return sorted[sorted.Length / 2];
    }

    private void Note(long rank, long step, double difference)
    {
        Difference before = _differences.GetValueOrDefault(rank, new Difference(step, 0, 0.0));
        // NaN is kept: it indicates that a value was not finite.
        _differences[rank] = before with { Steps = before.Steps + 1, Largest = Math.Max(before.Largest, double.IsFinite(difference) ? difference : double.NaN) };
    }

    private static bool AreAlike(in IndexedBucket one, in IndexedBucket other, double tolerance) =>
        one.Count == other.Count && one.NonFiniteCount == other.NonFiniteCount && one.NonFinite == other.NonFinite
        && Agrees(one.Minimum, other.Minimum, tolerance) && Agrees(one.Maximum, other.Maximum, tolerance)
        && Agrees(one.Mean, other.Mean, tolerance) && Agrees(one.Last, other.Last, tolerance);

    private static bool Agrees(double value, double reference, double tolerance) =>
        value.Equals(reference) || Math.Abs(value - reference) <= tolerance * Math.Abs(reference);

    private readonly record struct Difference(long FirstStep, long Steps, double Largest);
}
