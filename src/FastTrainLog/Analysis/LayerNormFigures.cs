namespace FastTrainLog.Analysis;

/// <summary>The gradient norms of a layer, where they were logged.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Norms">How they are distributed.</param>
/// <param name="MaximumStep">The step of the greatest.</param>
/// <param name="Last">The last.</param>
/// <param name="Zeros">The share of elements that were 0, over all of them.</param>
public sealed record LayerNormFigures(string Layer, Percentiles Norms, long MaximumStep, double Last, double Zeros);
