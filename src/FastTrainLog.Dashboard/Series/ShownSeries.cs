using FastTrainLog.Dashboard.Logs;
using FastTrainLog.Indexing;
using FastTrainLog.Ranks;

namespace FastTrainLog.Dashboard.Series;

/// <summary>A series of a run as the page shows it: that of one process, or those of all ranks merged.</summary>
/// <remarks>It must not be used after the function that it was passed to.</remarks>
internal abstract class ShownSeries
{
    /// <summary>Gets the number of points, and the first and the last step of them; 0 without points.</summary>
    public abstract (long Points, long First, long Last) Extent { get; }

    /// <summary>Gets whether a point stands for several ranks, so that it has a band.</summary>
    public abstract bool IsMerged { get; }

    /// <summary>Gets the cursor behind what <see cref="Buckets"/> returns.</summary>
    public abstract SeriesCursor Cursor { get; }

    /// <summary>Returns the points between two steps as at most so many buckets.</summary>
    public abstract IReadOnlyList<IndexedBucket> Buckets(long from, long to, int count);

    /// <summary>Returns the points behind a cursor, each as one bucket; null if the points before it are no longer the same, or there are too many.</summary>
    public abstract IReadOnlyList<IndexedBucket>? After(SeriesCursor cursor, int most);

    /// <summary>Returns the last point up to a step; null if there is none.</summary>
    public abstract IndexedBucket? LastTo(long step);

    /// <summary>Returns the first point from a step on, also one that not all ranks have come to; null if there is none.</summary>
    public abstract IndexedBucket? FirstFrom(long step);

    /// <summary>Returns the names of the series that a run has: of one rank, or of any.</summary>
    public static IReadOnlyList<string> NamesOf(DashboardRun run, long? rank)
    {
        IReadOnlyList<RankOfRun> ranks = run.RanksOf(rank);
        return ranks.Count == 1 ? ranks[0].Log.SeriesOf(ranks[0].Name)
            : [.. ranks.SelectMany(found => found.Log.SeriesOf(found.Name)).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>Uses a series of a run: of one rank, or of all.</summary>
    public static T Use<T>(DashboardRun run, long? rank, string name, Func<ShownSeries, T> use)
    {
        IReadOnlyList<RankOfRun> ranks = run.RanksOf(rank);
        return ranks.Count == 1
            ? ranks[0].Log.Query(ranks[0].Name, name, series => use(new One(series)))
            : RankSeriesQuery.Use(ranks, name, series => use(new Merged([.. series.Select(found => found.Series)], LastSettled(ranks))));
    }

    /// <summary>Returns a number that changes when something is added to any log of the run, or when other steps are settled.</summary>
    public static long RevisionOf(DashboardRun run, long? rank)
    {
        IReadOnlyList<RankOfRun> ranks = run.RanksOf(rank);
        return ranks.Count == 1 ? ranks[0].Log.Revision : HashCode.Combine(ranks.Sum(found => found.Log.Revision), LastSettled(ranks)) + 1L;
    }

    // Behind the step to which all ranks have come, a merged point would change with each rank that comes to it. A rank that has ended, or is silent while
    // others go on, is not waited for: if it goes on after all, the checksum of the cursor differs, and the series is asked for again.
    private static long? LastSettled(IReadOnlyList<RankOfRun> ranks)
    {
        DateTime last = ranks.Max(rank => rank.Figures.LastProgress);
        return ranks.Where(rank => rank.Figures.Outcome == "running" && last - rank.Figures.LastProgress < LongestWait).Min(rank => rank.Figures.LastStep);
    }

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private sealed class One(SeriesQuery series) : ShownSeries
    {
        public override (long Points, long First, long Last) Extent => series.Count == 0 ? default : (series.Count, series.StepAt(0), series.StepAt(series.Count - 1));

        public override bool IsMerged => false;

        public override SeriesCursor Cursor => SeriesCursor.At(series, series.Count);

        public override IReadOnlyList<IndexedBucket> Buckets(long from, long to, int count) => series.Buckets(from, to, count);

        public override IReadOnlyList<IndexedBucket>? After(SeriesCursor cursor, int most) =>
            cursor.IsBeginningOf(series) && series.Count - cursor.Count <= most ? [.. series.PointsAt(cursor.Count, series.Count).Select(point => IndexedBucket.Of(point.Step, point.Value))] : null;

        public override IndexedBucket? LastTo(long step) => series.CountTo(step) is > 0 and long count && series.PointsAt(count - 1, count).First() is var last ? IndexedBucket.Of(last.Step, last.Value) : null;

        public override IndexedBucket? FirstFrom(long step) => series.Points(step, long.MaxValue).Select(point => (IndexedBucket?)IndexedBucket.Of(point.Step, point.Value)).FirstOrDefault();
    }

    // Its cursor is the last step that all ranks have come to, with a checksum of the ranks' points up to there.
    private sealed class Merged(IReadOnlyList<SeriesQuery> ranks, long? lastSettled) : ShownSeries
    {
        private readonly MergedSeries _series = new(ranks);

        public override (long Points, long First, long Last) Extent => _series.Steps is { } steps ? (_series.Count, steps.First, Math.Min(steps.Last, End)) : default;

        public override bool IsMerged => true;

        public override SeriesCursor Cursor => SeriesCursor.At(ranks, End);

        private long End => lastSettled ?? _series.Steps?.Last ?? 0;

        public override IReadOnlyList<IndexedBucket> Buckets(long from, long to, int count) => _series.Buckets(from, Math.Min(to, End), count);

        public override IReadOnlyList<IndexedBucket>? After(SeriesCursor cursor, int most) =>
            cursor.Count <= End && SeriesCursor.At(ranks, cursor.Count) == cursor && ranks.Max(rank => rank.CountTo(End) - rank.CountTo(cursor.Count)) <= most
                ? [.. _series.Points(cursor.Count + 1, End)] : null;

        public override IndexedBucket? LastTo(long step)
        {
            long end = Math.Min(step, End);
            long[] lasts = [.. ranks.Select(rank => (Rank: rank, Count: rank.CountTo(end))).Where(rank => rank.Count > 0).Select(rank => rank.Rank.StepAt(rank.Count - 1))];
            return lasts.Length == 0 ? null : _series.Points(lasts.Max(), lasts.Max()).First();
        }

        public override IndexedBucket? FirstFrom(long step) => _series.Points(step, long.MaxValue).Select(point => (IndexedBucket?)point).FirstOrDefault();
    }
}
