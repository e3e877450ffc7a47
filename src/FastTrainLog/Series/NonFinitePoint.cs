namespace FastTrainLog.Series;

/// <summary>A point of a series whose value is NaN or infinite.</summary>
/// <param name="Step">The step.</param>
/// <param name="Value">NaN, or one of the infinities.</param>
public readonly record struct NonFinitePoint(long Step, double Value);
