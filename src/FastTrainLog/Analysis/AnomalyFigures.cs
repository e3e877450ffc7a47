namespace FastTrainLog.Analysis;

/// <summary>What was out of the ordinary in a run.</summary>
/// <param name="Counts">How many there are of each kind: <c>loss_spike</c>, <c>norm_spike</c>, <c>non_finite_loss</c>, <c>divergence</c>, <c>plateau</c>, <c>stall</c>.</param>
/// <param name="Found">The hundred largest of each kind, in the order of time.</param>
/// <param name="Rules">The rule of each kind, in words.</param>
public sealed record AnomalyFigures(IReadOnlyDictionary<string, long> Counts, IReadOnlyList<Anomaly> Found, IReadOnlyDictionary<string, string> Rules)
{
    /// <summary>Gets how many there are.</summary>
    public long Count => Counts.Values.Sum();
}
