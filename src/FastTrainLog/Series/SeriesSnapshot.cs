namespace FastTrainLog.Series;

/// <summary>A series over the steps of a run, down-sampled: each bucket keeps the lowest and the highest value of its stretch, with their steps.</summary>
public sealed record SeriesSnapshot
{
    /// <summary>Gets the number of points that the series was made of.</summary>
    public required long Points { get; init; }

    /// <summary>Gets the buckets, in the order of the points; each point is in exactly one.</summary>
    public required IReadOnlyList<SeriesBucket> Buckets { get; init; }

    /// <summary>Gets the points that are not finite, in order: every one up to <see cref="MetricSeries.MostNonFinite"/>.</summary>
    public required IReadOnlyList<NonFinitePoint> NonFinite { get; init; }

    /// <summary>Gets the number of later points that are not finite either and are counted in the buckets only.</summary>
    public required long NonFiniteLeftOut { get; init; }
}
