namespace FastTrainLog.Analysis;

/// <summary>The anomalies of a run.</summary>
/// <param name="Counts">The number of anomalies of each kind: <c>loss_spike</c>, <c>norm_spike</c>, <c>non_finite_loss</c>, <c>divergence</c>, <c>plateau</c>, <c>stall</c>.</param>
/// <param name="Found">The hundred largest of each kind, in the order of time.</param>
/// <param name="Rules">The rule of each kind, as text.</param>
public sealed record AnomalyFigures(IReadOnlyDictionary<string, long> Counts, IReadOnlyList<Anomaly> Found, IReadOnlyDictionary<string, string> Rules)
{
    /// <summary>Gets the total number.</summary>
    public long Count => Counts.Values.Sum();
}
