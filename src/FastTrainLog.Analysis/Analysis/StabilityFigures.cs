namespace FastTrainLog.Analysis;

/// <summary>The numerical stability of a run.</summary>
/// <param name="GradientNorm">The norm of the gradients by steps; null if none was logged.</param>
/// <param name="Norms">The distribution of the norms.</param>
/// <param name="Score">The stability score by steps; see docs/gradients.md for its formula.</param>
/// <param name="ClipRate">The share of clipped steps; null if it is unknown.</param>
/// <param name="NonFiniteSteps">The number of steps with non-finite gradients or loss, according to the numerical issues.</param>
/// <param name="Issues">The number of numerical issues, by type.</param>
/// <param name="Layers">The layers or operations with issues, the most frequent first; at most 1000.</param>
/// <param name="LayerNorms">The norms of single layers, the highest median first; at most 1000.</param>
/// <param name="Recoveries">The number of recovery actions, by action.</param>
/// <param name="Guard">The gradient guard in use, or null.</param>
public sealed record StabilityFigures(
    ValueFigures? GradientNorm,
    Percentiles? Norms,
    ValueFigures? Score,
    double? ClipRate,
    long NonFiniteSteps,
    IReadOnlyDictionary<string, long> Issues,
    IReadOnlyList<LayerFigures> Layers,
    IReadOnlyList<LayerNormFigures> LayerNorms,
    IReadOnlyDictionary<string, long> Recoveries,
    string? Guard)
{
    /// <summary>Gets the first non-finite number of the run; null if it had none.</summary>
    public NonFiniteOrigin? FirstNonFinite { get; init; }
}
