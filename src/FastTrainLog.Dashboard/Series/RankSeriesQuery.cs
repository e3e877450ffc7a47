using FastTrainLog.Dashboard.Logs;
using FastTrainLog.Indexing;

namespace FastTrainLog.Dashboard.Series;

/// <summary>Uses the indexes of all logs that ranks of a run are in, at the same time.</summary>
internal static class RankSeriesQuery
{
    /// <summary>Uses the series of each rank.</summary>
    /// <param name="ranks">The ranks.</param>
    /// <param name="name">The name of the series.</param>
    /// <param name="use">Receives the series, the lowest rank first.</param>
    public static T Use<T>(IReadOnlyList<RankOfRun> ranks, string name, Func<IReadOnlyList<(RankOfRun Rank, SeriesQuery Series)>, T> use) =>
        Use([.. ranks.Select(rank => rank.Log).Distinct().OrderBy(log => log.Directory, StringComparer.Ordinal)], 0, [], indexes =>
            use([.. ranks.Select(rank => (rank, indexes[rank.Log].SeriesOf(rank.Name, name)))]));

    // Every request takes the logs in the same order, so none waits for another in a circle.
    private static T Use<T>(WatchedLog[] logs, int taken, Dictionary<WatchedLog, LogIndex> indexes, Func<Dictionary<WatchedLog, LogIndex>, T> use) =>
        taken == logs.Length ? use(indexes) : logs[taken].Query(index =>
        {
            indexes[logs[taken]] = index;
            return Use(logs, taken + 1, indexes, use);
        });
}
