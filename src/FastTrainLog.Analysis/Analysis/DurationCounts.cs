using FastTrainLog.Monitoring;

namespace FastTrainLog.Analysis;

/// <summary>How long steps took.</summary>
/// <param name="Counts">How many were within each bucket of <see cref="TrainingInstrument.StepDurationBounds"/>, and at the end how many above them.</param>
/// <param name="Seconds">The sum.</param>
internal sealed record DurationCounts(IReadOnlyList<long> Counts, double Seconds);
