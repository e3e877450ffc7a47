namespace FastTrainLog.Analysis;

/// <summary>A validation as it was logged.</summary>
/// <param name="Time">When, in UTC.</param>
/// <param name="Epoch">The epoch.</param>
/// <param name="Step">The step.</param>
/// <param name="Loss">The loss.</param>
/// <param name="IsBest">Whether it was the best so far.</param>
/// <param name="Metrics">The further figures, by name.</param>
public sealed record ValidationFigures(DateTime Time, long Epoch, long Step, double Loss, bool IsBest, IReadOnlyDictionary<string, double> Metrics);
