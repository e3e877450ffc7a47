namespace FastTrainLog.Analysis;

/// <summary>The first non-finite number of a run.</summary>
/// <param name="Rank">The rank; null for a run of one process.</param>
/// <param name="Step">The step.</param>
/// <param name="Time">The time at which it was logged, in UTC.</param>
/// <param name="Location">The layer or operation; <c>loss</c> or <c>gradient norm</c> if only these are known.</param>
/// <param name="Type">The kind: <c>NaN</c> or <c>Infinity</c>.</param>
public sealed record NonFiniteOrigin(long? Rank, long Step, DateTime Time, string Location, string Type);
