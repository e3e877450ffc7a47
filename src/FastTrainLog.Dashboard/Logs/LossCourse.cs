using FastTrainLog.Analysis;
using FastTrainLog.Indexing;

namespace FastTrainLog.Dashboard.Logs;

/// <summary>The course of a loss in few values.</summary>
/// <param name="Values">The last value of each of up to <see cref="Most"/> equal stretches.</param>
/// <param name="NonFinite">The numbers, from 0, of the stretches in which any value is not finite.</param>
internal sealed record LossCourse(IReadOnlyList<double> Values, IReadOnlyList<int> NonFinite)
{
    public const int Most = 60;

    /// <summary>Returns that of the buckets of a series.</summary>
    public static LossCourse Of(IReadOnlyList<IndexedBucket> stretches) => new(
        [.. stretches.Select(bucket => bucket.Last)], [.. Enumerable.Range(0, stretches.Count).Where(i => stretches[i].NonFinite != NonFiniteKinds.None)]);

    public bool IsLike(LossCourse other) => Values.SequenceEqual(other.Values) && NonFinite.SequenceEqual(other.NonFinite);
}
