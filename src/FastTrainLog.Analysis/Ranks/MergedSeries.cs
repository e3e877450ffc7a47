using FastTrainLog.Analysis;
using FastTrainLog.Indexing;

namespace FastTrainLog.Ranks;

/// <summary>
/// One series of all ranks of a run as one. The only definition of what merging is: at each step the mean of the ranks' finite values, between the
/// least and the greatest of them; a value that is not finite in any rank marks the step.
/// </summary>
internal sealed class MergedSeries
{
    private const int FigurePoints = 512;

    private readonly SeriesQuery[] _ranks;

    /// <param name="ranks">The series; those without points are ignored.</param>
    public MergedSeries(IEnumerable<SeriesQuery> ranks) => _ranks = [.. ranks.Where(rank => rank.Count > 0)];

    /// <summary>Gets the number of points of all ranks together.</summary>
    public long Count => _ranks.Sum(rank => rank.Count);

    /// <summary>Gets the first and the last step; null without points.</summary>
    public (long First, long Last)? Steps => _ranks.Length == 0 ? null : (_ranks.Min(rank => rank.StepAt(0)), _ranks.Max(LastStepOf));

    /// <summary>Returns the points between two steps as buckets: of a bucket, the count is that of all ranks, the last value the mean of the ranks' last ones.</summary>
    /// <param name="firstStep">The first step.</param>
    /// <param name="lastStep">The last one.</param>
    /// <param name="count">The maximum number of buckets; at least 1.</param>
    /// <returns>The buckets that have points, in the order of steps. Each point between the steps is in exactly one.</returns>
    public IReadOnlyList<IndexedBucket> Buckets(long firstStep, long lastStep, int count) => [.. Columns(firstStep, lastStep, count).Select(column => column.Merged)];

    /// <summary>Returns the same buckets, each with the part of it that every rank has, or null if that has no points in it.</summary>
    public IReadOnlyList<(IndexedBucket Merged, IndexedBucket?[] Ranks)> Columns(long firstStep, long lastStep, int count)
    {
        // Between these steps the same ranks have points, as a rule at the same steps, so their buckets are the same too.
        Int128[] cuts =
        [
            .. _ranks.Select(rank => (First: Math.Max(firstStep, rank.StepAt(0)), Last: Math.Min(lastStep, LastStepOf(rank))))
                .Where(range => range.First <= range.Last).SelectMany(range => new[] { range.First, (Int128)range.Last + 1 }).Distinct().Order(),
        ];
        var columns = new List<IndexedBucket?[]>();
        for (int i = 0; i + 1 < cuts.Length; i++)
        {
            double share = (double)(cuts[i + 1] - cuts[i]) / (double)(cuts[^1] - cuts[0]);
            AddColumns(columns, (long)cuts[i], (long)(cuts[i + 1] - 1), Math.Max(1, (int)(count * share)));
        }

        return [.. columns.Chunk(Stride(columns.Count, count)).Select(Join).Select(parts => (Merge([.. parts.OfType<IndexedBucket>()]), parts))];
    }

    /// <summary>Returns the points between two steps, one for each step, in their order, while they are read: all of them need not be in memory.</summary>
    public IEnumerable<IndexedBucket> Points(long firstStep, long lastStep)
    {
        IEnumerator<(long Step, double Value)>[] ranks = [.. _ranks.Select(rank => rank.Points(firstStep, lastStep).GetEnumerator())];
        List<IEnumerator<(long Step, double Value)>> going = [.. ranks.Where(rank => rank.MoveNext())];
        var parts = new List<IndexedBucket>();
        while (going.Count > 0)
        {
            long step = going.Min(rank => rank.Current.Step);
            for (int i = 0; i < going.Count; i++)
            {
                IEnumerator<(long Step, double Value)> rank = going[i];
                IndexedBucket? part = null;
                bool goesOn = true;
                while (goesOn && rank.Current.Step == step)
                {
                    IndexedBucket next = IndexedBucket.Of(step, rank.Current.Value);
                    part = part?.Join(next) ?? next;
                    goesOn = rank.MoveNext();
                }

                if (part is { } own)
                {
                    parts.Add(own);
                }

                if (!goesOn)
                {
                    going.RemoveAt(i--);
                }
            }

            yield return Merge(parts);
            parts.Clear();
        }
    }

    /// <summary>Returns its figures; null without points.</summary>
    public ValueFigures? ToFigures()
    {
        if (Steps is not { } steps)
        {
            return null;
        }

        IReadOnlyList<IndexedBucket> buckets = Buckets(long.MinValue, long.MaxValue, FigurePoints);
        IndexedBucket whole = buckets.Aggregate((sum, next) => sum.Join(next));
        bool isFinite = whole.NonFiniteCount < whole.Count;
        return new ValueFigures(
            whole.Count,
            At(steps.First),
            At(steps.Last),
            isFinite ? whole.Minimum : null,
            isFinite ? StepOf(whole.Minimum, static bucket => bucket.Minimum) : null,
            isFinite ? whole.Maximum : null,
            isFinite ? StepOf(whole.Maximum, static bucket => bucket.Maximum) : null,
            isFinite ? whole.Mean : null,
            whole.NonFiniteCount,
            [.. buckets.Select(bucket => new SeriesPoint(bucket.FirstStep, bucket.Minimum, bucket.Mean, bucket.Maximum, bucket.NonFiniteCount))]);
    }

    private static long LastStepOf(SeriesQuery rank) => rank.StepAt(rank.Count - 1);

    private double At(long step) => Merge([.. _ranks.Select(rank => rank.Summary(step, step)).OfType<IndexedBucket>()]).Last;

    private void AddColumns(List<IndexedBucket?[]> columns, long first, long last, int count)
    {
        IReadOnlyList<IndexedBucket>[] each = [.. _ranks.Select(rank => rank.Buckets(first, last, count))];
        long[] ends = [.. each.SelectMany(own => own.Select(bucket => bucket.LastStep)).Distinct().Order()];
        int stride = Stride(ends.Length, count);
        int[] next = new int[each.Length];
        for (int i = 0; i < ends.Length; i += stride)
        {
            long end = ends[Math.Min(i + stride, ends.Length) - 1];
            columns.Add([.. each.Select((own, rank) => Take(rank, own, ref next[rank], first, end))]);
            first = end == long.MaxValue ? end : end + 1;
        }
    }

    // The rank's buckets between two steps, or where one of them goes beyond these, the points themselves.
    private IndexedBucket? Take(int rank, IReadOnlyList<IndexedBucket> own, ref int next, long first, long end)
    {
        while (next < own.Count && own[next].LastStep < first)
        {
            next++;
        }

        IndexedBucket? sum = null;
        for (int i = next; i < own.Count && own[i].FirstStep <= end; i++)
        {
            if (own[i].FirstStep < first || own[i].LastStep > end)
            {
                return _ranks[rank].Summary(first, end);
            }

            sum = sum?.Join(own[i]) ?? own[i];
        }

        return sum;
    }

    private static IndexedBucket Merge(IReadOnlyList<IndexedBucket> parts)
    {
        IndexedBucket sum = parts.Aggregate((sum, next) => sum.Join(next));
        double finite = sum.Count - sum.NonFiniteCount;
        return sum with
        {
            FirstStep = parts.Min(part => part.FirstStep),
            LastStep = parts.Max(part => part.LastStep),
            Mean = MeanOf([.. parts.Where(part => part.Count > part.NonFiniteCount).Select(part => (part.Mean, (part.Count - part.NonFiniteCount) / finite))]),
            Last = parts.Where(part => double.IsFinite(part.Last)).Select(part => part.Last).ToArray() is { Length: > 0 } lasts ? MeanOf([.. lasts.Select(last => (last, 1.0 / lasts.Length))]) : sum.Last,
        };
    }

    // Of equal values exactly that value.
    private static double MeanOf((double Value, double Weight)[] values) => values.Length == 0 ? double.NaN : values[0].Value + values.Sum(pair => (pair.Value * pair.Weight) - (values[0].Value * pair.Weight));

    private static IndexedBucket?[] Join(IndexedBucket?[][] columns) => columns.Length == 1 ? columns[0]
        : [.. Enumerable.Range(0, columns[0].Length).Select(rank => columns.Select(column => column[rank]).Aggregate((sum, next) => sum is { } before && next is { } behind ? before.Join(behind) : sum ?? next))];

    private static int Stride(int length, int count) => Math.Max(1, (int)(((long)length + count - 1) / count));

    // The first step at which a rank has the value.
    private long StepOf(double value, Func<IndexedBucket, double> of)
    {
        long found = long.MaxValue;
        foreach (SeriesQuery rank in _ranks)
        {
            (long first, long last) = (long.MinValue, long.MaxValue);
            while (rank.Buckets(first, last, FigurePoints).Where(bucket => of(bucket) == value).Select(bucket => ((long, long)?)(bucket.FirstStep, bucket.LastStep)).FirstOrDefault() is { } range)
            {
                if (range == (first, last))
                {
                    found = Math.Min(found, first);
                    break;
                }

                (first, last) = range;
            }
        }

        return found;
    }
}
