namespace FastTrainLog.Analysis;

/// <summary>The gradient norms of a layer, if they were logged.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Norms">Their distribution.</param>
/// <param name="MaximumStep">The step of the maximum.</param>
/// <param name="Last">The last.</param>
/// <param name="Zeros">The share of zero elements, over all of them.</param>
public sealed record LayerNormFigures(string Layer, Percentiles Norms, long MaximumStep, double Last, double Zeros);
