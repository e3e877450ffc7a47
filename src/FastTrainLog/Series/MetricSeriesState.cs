namespace FastTrainLog.Series;

/// <summary>The state of a <see cref="MetricSeries"/>.</summary>
/// <param name="Buckets">The buckets.</param>
/// <param name="NonFinite">The points that are not finite and are kept one by one.</param>
/// <param name="Stride">How many points a whole bucket has.</param>
/// <param name="Points">The number of points.</param>
/// <param name="NonFiniteLeftOut">The points that are not finite and are counted only.</param>
internal readonly record struct MetricSeriesState(SeriesBucket[] Buckets, NonFinitePoint[] NonFinite, long Stride, long Points, long NonFiniteLeftOut);
