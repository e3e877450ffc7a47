namespace FastTrainLog.Analysis;

/// <summary>How the gradients and the numbers of a run behaved.</summary>
/// <param name="GradientNorm">The norm of the gradients by steps; null where none was logged.</param>
/// <param name="Norms">How the norms are distributed.</param>
/// <param name="Score">The stability score by steps; see docs/gradients.md for its formula.</param>
/// <param name="ClipRate">The share of steps that were clipped; null where it is not known.</param>
/// <param name="NonFiniteSteps">How many steps had gradients or a loss that were not finite, by the numerical issues.</param>
/// <param name="Issues">How many numerical issues there are, by type.</param>
/// <param name="Layers">The layers or operations that issues arose in, the most frequent first; at most 1000.</param>
/// <param name="LayerNorms">The norms of single layers, the greatest median first; at most 1000.</param>
/// <param name="Recoveries">What was done about them, by action.</param>
/// <param name="Guard">How gradients were guarded, or null.</param>
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
    string? Guard);
